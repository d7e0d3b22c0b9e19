import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { execa } from 'execa';
import { fetchGoProgram } from '../go-programs.ts';

/**
 * Runs promtool from PATH, or else one built once into the cache, and returns its output.
 * @throws Error with its output, when its exit code is not 0
 */
export async function promtool(...args: readonly string[]): Promise<string> {
  const program = findOnPath('promtool') ?? (await fetchGoProgram('promtool', (line) => console.log(line)));
  return (await execa(program, args, { timeout: 60_000, all: true })).all;
}
