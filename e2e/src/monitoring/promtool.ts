import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { execa } from 'execa';
import { fetchGoProgram } from '../go-programs.ts';

/**
 * Runs promtool from PATH, else one that is built once into the cache, and gives all it printed.
 * @throws Error with what it printed, where it ends with another code than 0
 */
export async function promtool(...args: readonly string[]): Promise<string> {
  const program = findOnPath('promtool') ?? (await fetchGoProgram('promtool', (line) => console.log(line)));
  return (await execa(program, args, { timeout: 60_000, all: true })).all;
}
