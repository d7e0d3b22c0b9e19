import { execFile } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bound of its run. */
  readonly timeoutMs: number;
}

const shownCharacters = 4_000;

/**
 * Runs a program to its end and gives its standard output.
 * @throws Error with the command, how it ended and the end of what it printed
 */
export function runCommand(command: readonly [string, ...string[]], options: CommandOptions): Promise<string> {
  const [program, ...args] = command;
  const { cwd, timeoutMs } = options;
  const env = { ...process.env, ...options.env };
  const settings = { ...(cwd === undefined ? {} : { cwd }), env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(program, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const how = error.killed === true ? `was ended after ${timeoutMs / 1000} s` : `failed (${error.code})`;
      const printed = `${stdout}${stderr}`.trim().slice(-shownCharacters);
      reject(new Error(`'${command.join(' ')}' ${how}:\n${printed}`, { cause: error }));
    });
  });
}
