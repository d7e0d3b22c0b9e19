import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of this repository, for programs that run from their sources. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Absolute path of a file or folder of this repository. */
export function repositoryFile(...path: string[]): string {
  return join(repository, ...path);
}

/** Where the embedded system keeps its state unless told otherwise. */
export const defaultStateDir = repositoryFile('.state');
