import { fileURLToPath } from 'node:url';
import { writeFolder } from '../../kit/write-folder.ts';
import { renderCompose } from './render.ts';
import { composeServices } from './services.ts';

/**
 * Writes the compose file with what it mounts into compose/ of the repository.
 *
 * @returns what was written, in a line
 */
export async function synthCompose(): Promise<string> {
  const folder = fileURLToPath(new URL('../../../../compose', import.meta.url));
  const { written, removed } = await writeFolder(folder, renderCompose(composeServices));
  return `compose/: ${written} files written, ${removed} removed`;
}
