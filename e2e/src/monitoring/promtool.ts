import { execFile } from 'node:child_process';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { buildPromtool } from '@tidb-cdc/embedded/fetch/promtool';

/** Runs promtool with arguments and gives all it printed. */
export type Promtool = (...args: readonly string[]) => Promise<string>;

/**
 * promtool from PATH, else of the embedded Prometheus's version, built once into the cache.
 * @returns a function that rejects with what promtool printed where it ends with another code than 0
 */
export async function findPromtool(say: (line: string) => void): Promise<Promtool> {
  const program = findOnPath('promtool') ?? (await buildPromtool(say));
  return (...args) =>
    new Promise((resolve, reject) => {
      execFile(program, [...args], { timeout: 60_000 }, (error, stdout, stderr) => {
        if (error === null) resolve(`${stdout}${stderr}`);
        else reject(new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error }));
      });
    });
}
