import { spawnSync } from 'node:child_process';
import { processTree } from '@tidb-cdc/runtime/process-identity';
import { repository } from '@tidb-cdc/runtime/repository';
import { type PartName, readSystemState } from '@tidb-cdc/runtime/system-state';
import type { Victims } from './faults.ts';

/**
 * Parts of the embedded system. Not MariaDB: whether a statement that it broke off was done nobody knows. And not Canal,
 * which writes to the topic again what it had not marked as sent: new messages, so new documents.
 */
const parts: readonly PartName[] = ['kafka', 'consumer', 'elasticsearch', 'filebeat', 'prometheus'];

/** The parts of `npm start` in a state folder; its supervisor starts again what was killed. */
export function embeddedVictims(stateDir: string): Victims {
  const pidOf = (name: string): number | undefined =>
    readSystemState(stateDir)?.parts.find((part) => part.name === name)?.pid;
  /** The very processes that were frozen: another may have their part meanwhile. */
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

/** Services of compose: the database with its stores is spared, for the same reason as MariaDB. */
const services = ['ticdc', 'kafka', 'consumer', 'elasticsearch', 'filebeat', 'prometheus'] as const;

/** The services of `docker-compose up`. Docker does not start again what it was told to kill, so this does. */
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

/** docker-compose 1.29.2, and Compose v2 where that is not installed. */
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
