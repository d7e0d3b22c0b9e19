import { closeSync, openSync, readFileSync } from 'node:fs';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { execa } from 'execa';

export interface ServerOptions {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** File for its output. */
  readonly logFile: string;
  /** @throws Error while the server is not ready */
  readonly isReady: () => Promise<void>;
  /** How long after SIGTERM it gets SIGKILL. @default 20 s */
  readonly stopTimeoutMs?: number;
}

/** A server that runs for a test and ends with the tests at the latest. */
export interface ServerProcess {
  /** Ends it with SIGTERM and waits until it has ended. */
  stop(): Promise<void>;
  /** Kills it, as a crash would. */
  kill(): Promise<void>;
}

const startTimeoutMs = 120_000;

/**
 * Starts a server and waits until it is ready.
 * @throws Error with the end of its log, when it ends before it is ready or is not ready in time
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, command, env = {}, logFile, isReady, stopTimeoutMs = 20_000 } = options;
  const [program, ...args] = command;
  // Not a pipe through this process: a grandchild could keep it open. The type allows single digits only.
  const log = openSync(logFile, 'a') as 3;
  const stdio = ['ignore', log, log] as const;
  const child = execa(program, args, { env, stdio, reject: false, buffer: false, forceKillAfterDelay: stopTimeoutMs });
  closeSync(log);
  let ending: string | undefined;
  const ended = child.then(({ shortMessage }) => {
    ending = shortMessage ?? 'it ended';
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  try {
    await waitFor(
      name,
      async () => {
        if (ending !== undefined) throw new FinalError(`${name}: ${ending}`);
        await isReady();
      },
      { timeoutMs: startTimeoutMs },
    );
  } catch (error) {
    await end('SIGTERM');
    const lines = readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n');
    throw new Error(`${(error as Error).message}\n${lines}`, { cause: error });
  }
  return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
