import { join } from 'node:path';
import { defined } from '@tidb-cdc/runtime/defined';
import { repository } from '@tidb-cdc/runtime/repository';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { execa } from 'execa';

/** How a program ended: with an exit code or by a signal. */
export interface Ending {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Its whole output, stdout and stderr together. */
  readonly output: string;
}

/** A running program of this repository; it ends with the tests at the latest. */
export interface RunningProgram {
  readonly pid: number;
  /** Its output so far. */
  readonly output: () => string;
  /** Sends a signal. A program that still runs 30 s after SIGTERM gets SIGKILL. */
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when it ends, however it ends. */
  readonly ended: Promise<Ending>;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Variables added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time after which it gets SIGTERM. @default never */
  readonly timeoutMs?: number;
}

/** Starts a TypeScript file of the repository as its npm script would. */
export function startProgram(file: string, { args = [], env = {}, timeoutMs }: ProgramOptions = {}): RunningProgram {
  const child = execa(process.execPath, ['--import', 'tsx', join(repository, file), ...args], {
    cwd: repository,
    env,
    stdin: 'ignore',
    all: true,
    stripFinalNewline: false,
    reject: false,
    ...defined({ timeout: timeoutMs }),
    forceKillAfterDelay: 30_000,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} could not be started`);
  let printed = '';
  child.all.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return {
    pid,
    output: () => printed,
    kill: (signal) => {
      child.kill(signal);
    },
    ended: child.then(({ exitCode: code, signal, all: output }) => ({ code, signal, output })),
  };
}

/** Runs a program until it ends. It gets SIGTERM after 200 s. */
export function runToEnd(file: string, options: ProgramOptions = {}): Promise<Ending> {
  return startProgram(file, { timeoutMs: 200_000, ...options }).ended;
}

/** Waits until a program's output matches. */
export async function waitForOutput(program: RunningProgram, pattern: RegExp, timeoutMs: number): Promise<void> {
  await waitFor(
    `${pattern} in a program's output`,
    () => {
      if (!pattern.test(program.output())) throw new Error(`it printed:\n${program.output().slice(-4_000)}`);
    },
    { timeoutMs },
  );
}
