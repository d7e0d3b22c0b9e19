import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { positiveInteger, readEnvironment, runProgram, SettingsError } from '@tidb-cdc/runtime/environment';
import { createLogger, type Logger } from '@tidb-cdc/runtime/log';
import type { WaitOptions } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';

/** The setting that every job has: the timeout of each wait, in seconds. */
export const waitSettings = { WAIT_TIMEOUT_SECONDS: positiveInteger.default(120) };

/** Options of a job's waits. Their progress goes to its log. */
export function waitOptions({ WAIT_TIMEOUT_SECONDS: seconds }: { WAIT_TIMEOUT_SECONDS: number }, log: Logger) {
  return { timeoutMs: seconds * 1000, intervalMs: 500, progress: (line) => log.info(line) } satisfies WaitOptions;
}

/**
 * Runs `job` with the settings from the environment if the module at this URL is the program that was started. Does
 * nothing when another module imports it. Exit codes: 0 done, 1 failed, 2 wrong settings or any argument.
 */
export async function runJob<T extends z.ZodObject>(
  moduleUrl: string,
  schema: T,
  job: (settings: z.infer<T>, log: Logger) => Promise<unknown>,
): Promise<void> {
  if (!isStartedProgram(moduleUrl)) return;
  await runProgram(async () => {
    const names = Object.keys(schema.shape).join(', ');
    const [argument] = process.argv.slice(2);
    if (argument !== undefined) {
      throw new SettingsError([`unexpected argument '${argument}': the settings are environment variables: ${names}`]);
    }
    await job(readEnvironment(schema), createLogger({ level: 'info', dataset: 'cdc.jobs' }));
  });
}

/** Reads a file that a setting names. @throws SettingsError naming the setting and the path */
export async function readFileSetting(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SettingsError([`${setting}=${path}: cannot be read: ${(error as Error).message}`]);
  }
}

/** Reads and validates a JSON file that a setting names. @throws SettingsError with one line per mistake */
export async function readJsonSetting<T>(setting: string, path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFileSetting(setting, path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SettingsError([`${setting}=${path}: is not JSON: ${(error as Error).message}`]);
  }
  const result = schema.safeParse(json, { reportInput: true });
  if (result.success) return result.data;
  throw new SettingsError(result.error.issues.map((issue) => `${setting}=${path}: ${describeIssue(issue)}`));
}

function describeIssue({ path, input, message }: z.core.$ZodIssue): string {
  const value = JSON.stringify(input);
  // the path alone says more than a long value
  const shown = value !== undefined && value.length <= 40 ? `=${value}` : '';
  return `${z.core.toDotPath(path) || 'content'}${shown}: ${message}`;
}

function isStartedProgram(moduleUrl: string): boolean {
  const started = process.argv[1];
  // Node resolves symbolic links in the module's URL but not in argv, and a ConfigMap mounts its files as links
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl);
}
