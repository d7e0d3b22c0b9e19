import { readdirSync, readFileSync } from 'node:fs';

/** One process for ever: its number may be given to another process later, its start time then differs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the machine's start and the process's: field 22 of /proc/<pid>/stat, see proc(5). */
  readonly startTicks: string;
  /** The machine's start that those ticks count from. */
  readonly bootId: string;
}

interface Stat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly startTicks: string;
}

/** Identity of a process that runs now; undefined where there is none of that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** Whether that very process still runs. One that has ended and only waits for its parent to notice does not. */
export function stillRuns({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !hasEnded(stat) && stat.startTicks === startTicks && bootId() === boot;
}

/** Whether a process of this number runs, whichever it is. One that has ended and only waits for its parent to notice does not. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !hasEnded(stat);
}

/** Numbers of the running processes of a process group. */
export function groupMembers(group: number): number[] {
  return allStats()
    .filter((stat) => stat.group === group && !hasEnded(stat))
    .map((stat) => stat.pid);
}

/** A process and all that it started, and these started, and so on. */
export function processTree(pid: number): number[] {
  const all = allStats();
  const treeOf = (root: number): number[] => [
    root,
    ...all.filter(({ parent }) => parent === root).flatMap((child) => treeOf(child.pid)),
  ];
  return treeOf(pid);
}

/** Whether a process was started with a variable set to a value; false where its environment is not ours to read. */
export function hasEnvironment(pid: number, name: string, value: string): boolean {
  const environment = readIfThere(`/proc/${pid}/environ`);
  return environment?.split('\0').includes(`${name}=${value}`) ?? false;
}

function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
}

function readStat(pid: number): Stat | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The program's name stands in parentheses and may hold spaces and parentheses: the fields follow the last one.
  const [state = '', parent, group, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, state, parent: Number(parent), group: Number(group), startTicks: rest[16] ?? '' };
}

function hasEnded({ state }: Stat): boolean {
  return state === 'Z' || state === 'X';
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** A process may end between two looks at it, and another user's is not ours to read. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
