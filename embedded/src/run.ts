import { createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode } from '@tidb-cdc/runtime/environment';
import { describeProblems } from '@tidb-cdc/runtime/problem';
import { defaultStateDir } from '@tidb-cdc/runtime/repository';
import { endpointsOf } from './endpoints.ts';
import { help, parseOptions, type StartOptions, shiftPorts, UsageError } from './options.ts';
import { createParts } from './parts/all.ts';
import type { Part, PartContext } from './parts/part.ts';
import type { StatePaths } from './paths.ts';
import { findJdk } from './preflight/java.ts';
import { preflight } from './preflight/preflight.ts';
import { detectIsolation } from './processes/isolation.ts';
import { rotate } from './processes/log-file.ts';
import { createProgress, type Progress } from './progress.ts';
import { AlreadyRunningError, openStateDir, readSecrets } from './state-dir.ts';
import { StatusBoard } from './status-board.ts';
import { listenForStop, type StopRequest } from './stop-request.ts';
import { summarize } from './summary.ts';
import { System } from './system.ts';
import { readVersions } from './versions.ts';

/** Runs the system until it is told to stop. Returns the exit code (see `--help`). */
export async function run(args: readonly string[]): Promise<number> {
  const progress = createProgress(process.stdout);
  try {
    const options = parseOptions(args);
    if (options === 'help') {
      progress.say(help);
      return exitCode.done;
    }
    return await runSystem(options, listenForStop(), progress);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AlreadyRunningError)) throw error;
    progress.say(error.message);
    return error instanceof UsageError ? exitCode.usage : exitCode.failed;
  }
}

async function runSystem(options: StartOptions, request: StopRequest, progress: Progress): Promise<number> {
  const { paths } = await openStateDir(options.stateDir, options.fresh, (line) => progress.say(line));
  const prepared = await prepare(options, paths);
  if (typeof prepared === 'string') {
    progress.say(prepared);
    return exitCode.failed;
  }
  const { context, parts } = prepared;
  rotateLogs(paths);
  const journal = createProgress(createWriteStream(paths.log('supervisor'), { flags: 'a' }));
  const say = (text: string) => [journal, progress].map((one) => one.say(text));
  let announced: 'nothing' | 'ready' | 'complete' = 'nothing';
  const board = new StatusBoard({
    stateDir: paths.root,
    endpoints: endpointsOf(context),
    logFile: (name) => paths.log(name),
    onChange: (status) => {
      if (status !== undefined) for (const display of [journal, progress]) display.part(status);
      announce();
    },
  });
  const announce = () => {
    const { state } = board;
    if (state.ready && announced === 'nothing') {
      announced = 'ready';
      progress.settle();
      say(summarize(state, { stateDir: paths.root, defaultStateDir: paths.root === defaultStateDir }));
      const missing = state.parts.filter((part) => part.state !== 'ready').map(({ name }) => name);
      if (missing.length > 0) say(`Changes already flow. Not ready yet: ${missing.join(', ')}.`);
    }
    if (state.complete && announced === 'ready') {
      announced = 'complete';
      say(`Every part is ready, ${secondsSince(state.startedAt)} s after the start.`);
    }
  };
  return supervise(new System(context, parts, board), request, say);
}

/** Runs until the user asks to stop or a start fails. Nothing is left running afterwards. */
async function supervise(system: System, request: StopRequest, say: (text: string) => unknown): Promise<number> {
  const stopped = new Promise<'stop'>((resolve) => {
    if (request.stop.aborted) resolve('stop');
    request.stop.addEventListener('abort', () => resolve('stop'), { once: true });
  });
  const failed = new Promise<Error>((resolve) => {
    system.start().catch(resolve);
    // A bug in the supervisor must not leave its processes behind.
    process.on('uncaughtException', resolve);
  });
  const end = await Promise.race([stopped, failed]);
  if (end !== 'stop') say(`\n${end.message}\n`);
  say('Stopping all parts. Press Ctrl-C again to kill them.');
  await system.stop(request.kill);
  say('All parts have stopped.');
  return end === 'stop' ? exitCode.done : exitCode.failed;
}

/** Creates what the system consists of, or returns a description of why it cannot start. */
async function prepare(
  { portOffset, cacheDir }: StartOptions,
  paths: StatePaths,
): Promise<{ context: PartContext; parts: readonly Part[] } | string> {
  const jdk = await findJdk();
  const context: PartContext = {
    paths,
    ports: shiftPorts(portOffset),
    secrets: readSecrets(paths),
    versions: readVersions(),
    cacheDir,
    javaHome: 'home' in jdk ? jdk.home : '',
    isolation: detectIsolation(),
  };
  const parts = createParts(context);
  const problems = await preflight({
    ports: context.ports,
    cacheDir,
    stateDir: paths.root,
    isolation: context.isolation,
    tools: [...new Set(parts.flatMap(({ fetchTool }) => fetchTool ?? []))],
    known: 'home' in jdk ? [] : [jdk],
  });
  return problems.length === 0 ? { context, parts } : describeProblems(problems);
}

function rotateLogs(paths: StatePaths): void {
  for (const name of readdirSync(paths.logs)) {
    if (name.endsWith('.log')) rotate(join(paths.logs, name));
  }
}

function secondsSince(time: string): number {
  return Math.round((Date.now() - Date.parse(time)) / 1000);
}
