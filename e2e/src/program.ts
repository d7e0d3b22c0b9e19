import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repository } from '@tidb-cdc/runtime/repository';
import { waitFor } from '@tidb-cdc/runtime/wait';

/** How a program ended: by its own exit code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All it printed, stdout and stderr together. */
  readonly output: string;
}

/** A program of this repository that was started. */
export interface RunningProgram {
  readonly pid: number;
  /** What it printed so far. */
  readonly output: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves at its end, however it ends; rejects after the bound. */
  readonly ended: (timeoutMs: number) => Promise<Ending>;
}

/** Starts a TypeScript file of the repository with the settings and arguments given, as its npm script would. */
export function startProgram(
  file: string,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): RunningProgram {
  const child = spawn(process.execPath, ['--import', 'tsx', join(repository, file), ...args], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} could not be started`);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let ending: Ending | undefined;
  // 'close' comes after the last output, 'exit' may come before it.
  const closed = once(child, 'close').then(([code, signal]) => {
    ending = { code: code as number | null, signal: signal as NodeJS.Signals | null, output };
  });
  return {
    pid,
    output: () => output,
    kill: (signal) => {
      child.kill(signal);
    },
    ended: async (timeoutMs) => {
      await Promise.race([
        closed,
        failAfter(timeoutMs, () => `${file} did not end; its last output:\n${output.slice(-4_000)}`),
      ]);
      if (ending === undefined) throw new Error(`${file} ended without a code`);
      return ending;
    },
  };
}

/** Waits until a program has printed something. */
export async function waitForOutput(program: RunningProgram, pattern: RegExp, timeoutMs: number): Promise<void> {
  await waitFor(
    `${pattern} in a program's output`,
    () => {
      if (!pattern.test(program.output())) throw new Error(`it printed:\n${program.output().slice(-4_000)}`);
    },
    { timeoutMs },
  );
}

function failAfter(timeoutMs: number, message: () => string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(message())), timeoutMs).unref();
  });
}
