import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const boundMs = 20_000;

/** Standard output and error of a command, together; undefined when it cannot be run or fails. */
export async function outputOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await execute(program, [...args], { env, timeout: boundMs });
    return `${stdout}${stderr}`;
  } catch {
    // A tool that cannot print its version counts as missing.
    return undefined;
  }
}

/** Whether `version` (numbers joined by dots; a missing one counts as 0) is at least `wanted`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [index, number] of (want ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
