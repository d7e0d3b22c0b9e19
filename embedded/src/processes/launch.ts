import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { groupMembers } from '@tidb-cdc/runtime/process-identity';
import { endGroup } from './group.ts';
import { type Isolation, isolatedCommand } from './isolation.ts';
import { writeRecord } from './records.ts';

/** How to run a part. */
export interface Launch {
  readonly command: readonly [program: string, ...args: string[]];
  /** Variables added to the supervisor's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whether to run as `nobody` when the supervisor is root. @default false */
  readonly unprivileged?: boolean;
}

export interface LaunchOptions {
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  /** Records the process's identity for the next supervisor. */
  readonly recordFile: string;
  readonly isolation: Isolation;
  /** Environment variables that tell the processes of this state folder from all others. */
  readonly marker: Readonly<Record<string, string>>;
}

/** A process in its own group, with every process it started. */
export interface Launched {
  readonly pid: number;
  /** Describes how the process ended; settles when the whole group has ended. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends the group: SIGTERM, then SIGKILL after `graceMs` or once `kill` fires. */
  end(graceMs: number, kill?: AbortSignal): Promise<void>;
}

/** How long processes that a dead one left behind may take to end after SIGTERM. */
const leftoverGraceMs = 2_000;

/**
 * Starts a process detached: signals of the terminal reach only the supervisor, which ends everything in order.
 * @throws Error when the program cannot be started
 */
export function launch({ command, env, cwd, unprivileged = false }: Launch, options: LaunchOptions): Launched {
  const [program, ...args] = isolatedCommand(command, options.isolation, unprivileged);
  if (program === undefined) throw new Error('a command must name its program');
  const log = openSync(options.logFile, 'a');
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env, ...options.marker },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exit = waitForExit(child);
  if (child.pid === undefined) throw new Error(`${program} cannot be started: is it installed and executable?`);
  const pid = child.pid;
  writeRecord(options.recordFile, pid);
  let isGone = false;
  const ended = exit.then(async (how) => {
    const problem = await endLeftover(pid);
    if (problem === undefined) rmSync(options.recordFile, { force: true });
    isGone = true;
    return problem === undefined ? how : `${how}; ${problem}`;
  });
  return {
    pid,
    ended,
    async end(graceMs, kill) {
      // Once the group has ended, its number may belong to another process.
      if (!isGone) await endGroup(pid, graceMs, kill);
      await ended;
    },
  };
}

/** Ends the processes that a dead one left behind. Returns a description of the problem if they do not end. */
async function endLeftover(group: number): Promise<string | undefined> {
  if (groupMembers(group).length === 0) return undefined;
  try {
    await endGroup(group, leftoverGraceMs);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`));
  });
}
