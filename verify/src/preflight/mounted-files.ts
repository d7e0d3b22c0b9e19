import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problem } from '@tidb-cdc/runtime/problem';

const readableByOthers = 0o004;

/**
 * Reports files that only their owner can read, as in a clone under umask 077: containers run as other users and would
 * restart forever.
 */
export function mountedFileProblems(folder: string): Problem[] {
  const closed = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => (statSync(file).mode & readableByOthers) === 0);
  const [first] = closed;
  if (first === undefined) return [];
  return [
    {
      what: `containers cannot read all files in ${folder}, for example ${relative(folder, first)}`,
      remedy: `chmod -R a+rX ${folder}`,
    },
  ];
}
