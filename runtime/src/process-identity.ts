import { readdirSync, readFileSync } from 'node:fs';

/** Identifies a process for good. Its pid may be reused later, but then the start time differs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process in clock ticks since boot: field 22 of /proc/<pid>/stat, see proc(5). */
  readonly startTicks: string;
  /** The boot that those ticks count from. */
  readonly bootId: string;
}

interface Stat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly startTicks: string;
}

/** Returns the identity of a running process; undefined when none has this pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** Whether exactly this process still runs. A zombie does not. */
export function stillRuns({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !hasEnded(stat) && stat.startTicks === startTicks && bootId() === boot;
}

/** Whether any process with this pid runs. A zombie does not. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !hasEnded(stat);
}

/** Returns the pids of the running processes of a process group. */
export function groupMembers(group: number): number[] {
  return allStats()
    .filter((stat) => stat.group === group && !hasEnded(stat))
    .map((stat) => stat.pid);
}

/** Returns the pids of a process and all its descendants. */
export function processTree(pid: number): number[] {
  const all = allStats();
  const treeOf = (root: number): number[] => [
    root,
    ...all.filter(({ parent }) => parent === root).flatMap((child) => treeOf(child.pid)),
  ];
  return treeOf(pid);
}

/** Whether a process was started with a variable set to this value; false when we may not read its environment. */
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
  // The program's name is in parentheses and may contain spaces and parentheses. The other fields follow the last one.
  const [state = '', parent, group, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, state, parent: Number(parent), group: Number(group), startTicks: rest[16] ?? '' };
}

function hasEnded({ state }: Stat): boolean {
  return state === 'Z' || state === 'X';
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Reads a file of a process; undefined when the process has ended or we may not read it. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
