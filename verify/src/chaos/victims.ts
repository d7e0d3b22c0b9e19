import { spawnSync } from 'node:child_process';
import { processTree } from '@tidb-cdc/runtime/process-identity';
import { repository } from '@tidb-cdc/runtime/repository';
import { type PartName, readSystemState } from '@tidb-cdc/runtime/system-state';
import type { Victims } from './faults.ts';

/**
 * Parts of the embedded system that faults may hit. Not MariaDB: nobody knows whether an interrupted statement took
 * effect. Not Canal: it sends changes again that it had not recorded as sent, and those are new messages with new
 * documents.
 */
const parts: readonly PartName[] = ['kafka', 'consumer', 'elasticsearch', 'filebeat', 'prometheus'];

/** The parts of `npm start` in a state folder. Its supervisor restarts what was killed. */
export function embeddedVictims(stateDir: string): Victims {
  const pidOf = (name: string): number | undefined =>
    readSystemState(stateDir)?.parts.find((part) => part.name === name)?.pid;
  /** Pids that were frozen: the part may have other processes by the time of the thaw. */
  const frozen = new Map<string, readonly number[]>();
  const send = (signal: NodeJS.Signals, name: string): readonly number[] => {
    const pid = pidOf(name);
    return pid === undefined ? [] : processTree(pid).filter((one) => sent(one, signal));
  };
  return {
    names: parts,
    kill: async (name) => send('SIGKILL', name).length > 0,
    async freeze(name) {
      const pids = send('SIGSTOP', name);
      frozen.set(name, pids);
      return pids.length > 0;
    },
    async thaw(name) {
      for (const pid of frozen.get(name) ?? []) sent(pid, 'SIGCONT');
    },
  };
}

function sent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Compose services that faults may hit. The database and its stores are left out, for the same reason as MariaDB. */
const services = ['ticdc', 'kafka', 'consumer', 'elasticsearch', 'filebeat', 'prometheus'] as const;

/** The services of `docker-compose up`. Docker does not restart what it was told to kill, so `kill` does. */
export function composeVictims(): Victims {
  const isUp = (name: string) => compose('ps', '--quiet', name) !== '';
  return {
    names: services,
    async kill(name) {
      if (!isUp(name)) return false;
      compose('kill', name);
      compose('start', name);
      return true;
    },
    async freeze(name) {
      if (!isUp(name)) return false;
      compose('pause', name);
      return true;
    },
    async thaw(name) {
      compose('unpause', name);
    },
  };
}

/** docker-compose 1.29.2, or Compose v2 if that is not installed. */
const composePrograms: readonly (readonly [program: string, ...args: string[]])[] = [
  ['docker-compose'],
  ['docker', 'compose'],
];

function compose(...args: string[]): string {
  for (const [program, ...first] of composePrograms) {
    const all = [...first, ...args];
    const { status, stdout, stderr, error } = spawnSync(program, all, { cwd: repository, encoding: 'utf8' });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') continue;
    if (error !== undefined) throw new Error(`${program} cannot be run`, { cause: error });
    if (status !== 0) throw new Error(`${program} ${all.join(' ')} failed: ${stderr.trim()}`);
    return stdout.trim();
  }
  throw new Error('neither docker-compose nor docker is on PATH: install one of them');
}
