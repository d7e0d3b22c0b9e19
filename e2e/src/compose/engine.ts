import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { waitForEnd } from '../processes.ts';
import { type CommandOptions, runCommand } from './command.ts';

/** A Docker engine of our own: its images and containers are nobody else's. */
export interface Engine {
  /** Runs the Docker client. */
  docker(args: readonly string[], options?: Partial<CommandOptions>): Promise<string>;
  /** Runs a program that talks to the engine. */
  run(command: readonly [string, ...string[]], options?: Partial<CommandOptions>): Promise<string>;
  stop(): Promise<void>;
}

const neededPrograms = ['dockerd', 'docker', 'docker-compose', 'debootstrap', 'iptables'];

/**
 * Why no engine can be started here; undefined where nothing speaks against it.
 *
 * Beside a running engine there is none: the two would meet in the bridge and the packet filter.
 */
export async function engineObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a Docker engine needs root on Linux';
  const missing = neededPrograms.filter((program) => findOnPath(program) === undefined);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const answers = await runCommand(['docker', 'version', '--format', '{{.Server.Version}}'], {
    timeoutMs: 10_000,
  }).then(
    () => true,
    () => false,
  );
  return answers
    ? 'a Docker engine runs here, and the images of this suite would take the place of its own'
    : undefined;
}

/** What an engine wrote before it ended by itself. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
}

/**
 * Starts an engine that keeps everything in a folder: a later start finds the images again.
 * @throws EngineFailure with the last lines of its log where this kernel does not let it run
 */
export async function startEngine(folder: string): Promise<Engine> {
  const at = (name: string) => join(folder, name);
  mkdirSync(folder, { recursive: true });
  const host = `unix://${at('docker.sock')}`;
  const places = ['--host', host, '--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')];
  // Left by an engine that was killed: its number may be another process's now.
  rmSync(at('pid'), { force: true });
  const log = openSync(at('log'), 'w');
  const child = spawn('dockerd', places, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new EngineFailure('dockerd could not be started');
  const endWithUs = () => isRunning(pid) && process.kill(pid, 'SIGTERM');
  process.once('exit', endWithUs);

  const run: Engine['run'] = (command, options = {}) =>
    runCommand(command, { timeoutMs: 600_000, ...options, env: { ...options.env, DOCKER_HOST: host } });
  const engine: Engine = {
    run,
    docker: (args, options) => run(['docker', ...args], options),
    async stop() {
      process.off('exit', endWithUs);
      if (isRunning(pid)) process.kill(pid, 'SIGTERM');
      await waitForEnd(pid, 'dockerd', 60_000);
    },
  };
  const lastLines = () => readFileSync(at('log'), 'utf8').trim().split('\n').slice(-5).join('\n');
  try {
    await waitFor('the Docker engine', () => checkAnswers(engine, pid), { timeoutMs: 60_000 });
  } catch (error) {
    await engine.stop();
    throw new EngineFailure(`the Docker engine does not run here:\n${lastLines()}`, { cause: error });
  }
  return engine;
}

async function checkAnswers(engine: Engine, pid: number): Promise<void> {
  if (!isRunning(pid)) throw new FinalError('dockerd ended');
  await engine.docker(['info'], { timeoutMs: 10_000 });
}
