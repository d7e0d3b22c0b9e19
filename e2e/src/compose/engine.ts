import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { type Lock, lock } from '@tidb-cdc/runtime/lock';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { execa } from 'execa';
import { startServer } from '../server-process.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time limit in milliseconds. @default 10 min */
  readonly timeout?: number;
}

/** Our own Docker engine. It shares no images or containers with others. */
export interface Engine {
  /** Runs the Docker client and returns its output. */
  docker(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Runs a program that uses the engine and returns its output. */
  run(command: readonly [string, ...string[]], options?: RunOptions): Promise<string>;
  stop(): Promise<void>;
}

const neededPrograms = ['dockerd', 'docker', 'docker-compose', 'debootstrap', 'iptables'];

/**
 * Why an engine cannot be started here; undefined if there is no known reason.
 *
 * It cannot run beside another engine: both would use the same bridge and packet filter.
 */
export async function whyNoEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a Docker engine needs root on Linux';
  const missing = neededPrograms.filter((program) => findOnPath(program) === undefined);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const answer = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    timeout: 10_000,
    reject: false,
  });
  return answer.failed ? undefined : 'a Docker engine runs here, and the images of this suite would replace its own';
}

/** The engine could not run; the message has the end of its log. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
}

/** A suite that holds the folder takes some ten minutes. */
const lockBoundMs = 30 * 60_000;

/**
 * Starts an engine that keeps everything in a folder: a later start finds the images again. If another process has an
 * engine there, waits for at most half an hour, since a second engine would take over the first one's socket.
 *
 * @throws EngineFailure with the last lines of its log when this kernel does not allow it to run
 * @throws Error when the folder is not released in time, naming the process that holds it
 */
export async function startEngine(folder: string, say: (line: string) => void): Promise<Engine> {
  const held = await lockFolder(folder, say);
  try {
    await endLeftEngine(folder);
    const { stop, ...engine } = await startOwnEngine(folder);
    return { ...engine, stop: () => stop().finally(() => held.release()) };
  } catch (error) {
    await held.release();
    throw error;
  }
}

/**
 * Locks an engine's folder, and reports which process it waits for.
 * @throws Error when another process keeps the lock longer than the bound, naming it
 */
export async function lockFolder(folder: string, say: (line: string) => void, boundMs = lockBoundMs): Promise<Lock> {
  let holder = '';
  const onWait = (pid: number | undefined): void => {
    const name = `process ${pid ?? 'unknown'}`;
    if (name !== holder) say(`waiting for ${name}, which runs a Docker engine in ${folder}`);
    holder = name;
  };
  const signal = AbortSignal.timeout(boundMs);
  try {
    return await lock(`docker ${folder}`, onWait, signal);
  } catch (error) {
    if (error !== signal.reason) throw error;
    throw new Error(`${holder} kept ${folder} for ${boundMs / 60_000} minutes: end it`, { cause: error });
  }
}

/** Ends the engine of a killed run. We hold the folder's lock, so it is nobody else's. */
async function endLeftEngine(folder: string): Promise<void> {
  const file = join(folder, 'pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  // The pid may belong to another process by now.
  if (!commandOf(pid).includes(file)) return;
  process.kill(pid, 'SIGTERM');
  const ended = () => {
    if (isRunning(pid)) throw new Error(`process ${pid} still runs`);
  };
  await waitFor('the Docker engine of a run that was killed to end', ended, { timeoutMs: 60_000 });
}

function commandOf(pid: number): readonly string[] {
  return pid > 0 && isRunning(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') : [];
}

async function startOwnEngine(folder: string): Promise<Engine> {
  const at = (name: string) => join(folder, name);
  mkdirSync(folder, { recursive: true });
  const host = `unix://${at('docker.sock')}`;
  const places = ['--host', host, '--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')];
  for (const name of ['pid', 'log']) rmSync(at(name), { force: true });

  const run: Engine['run'] = async ([program, ...args], options = {}) => {
    const env = { ...options.env, DOCKER_HOST: host };
    return (await execa(program, args, { timeout: 600_000, ...options, env })).stdout;
  };
  const docker: Engine['docker'] = (args, options) => run(['docker', ...args], options);
  try {
    const { stop } = await startServer({
      name: 'the Docker engine',
      command: ['dockerd', ...places],
      logFile: at('log'),
      isReady: async () => void (await docker(['info'], { timeout: 10_000 })),
      stopTimeoutMs: 60_000,
    });
    return { run, docker, stop };
  } catch (error) {
    throw new EngineFailure(`the Docker engine does not run here: ${(error as Error).message}`, { cause: error });
  }
}
