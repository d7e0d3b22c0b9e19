import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { waitForEnd } from '../processes.ts';

export interface ServerOptions {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** File that gets all it prints. */
  readonly logFile: string;
  /** Throws while the server is not ready. */
  readonly isReady: () => Promise<void>;
}

/** A server that runs for a test. */
export interface ServerProcess {
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

const startTimeoutMs = 120_000;
const stopTimeoutMs = 20_000;

/**
 * Starts a server and waits until it is ready.
 * @throws Error with the end of its log, where it ends before or is not ready in time
 */
export async function startServer({ name, command, env, logFile, isReady }: ServerOptions): Promise<ServerProcess> {
  const [program, ...args] = command;
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `code ${code}`}`;
  });
  const { pid } = child;
  const endWithTests = () => child.kill('SIGTERM');
  // Where the tests end without their teardown, it must not stay behind.
  process.once('exit', endWithTests);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    process.off('exit', endWithTests);
    child.kill(signal);
    if (pid !== undefined) await waitForEnd(pid, name, stopTimeoutMs);
  };
  const stop = () => end('SIGTERM');
  try {
    await waitFor(
      name,
      async () => {
        if (ended !== undefined) throw new FinalError(`${name}: ${ended}`);
        await isReady();
      },
      { timeoutMs: startTimeoutMs },
    );
  } catch (error) {
    await stop();
    const lines = readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n');
    throw new Error(`${(error as Error).message}\n${lines}`, { cause: error });
  }
  return { stop, kill: () => end('SIGKILL') };
}
