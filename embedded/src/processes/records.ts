import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  groupMembers,
  hasEnvironment,
  identify,
  isRunning,
  type ProcessIdentity,
  stillRuns,
} from '@tidb-cdc/runtime/process-identity';
import { endGroup } from './group.ts';

/** How long what a killed supervisor left behind may take to end in good order. */
const graceMs = 8_000;

/** Keeps who a process is, so that a next supervisor can find it. Nothing is kept of a process that ended already. */
export function writeRecord(file: string, pid: number): void {
  const identity = identify(pid);
  if (identity !== undefined) writeFileSync(file, `${JSON.stringify(identity)}\n`);
}

/**
 * Ends what a supervisor that was killed left running, and waits until it is gone.
 *
 * A process of the recorded number is ours only with the recorded start time. Where the recorded process has ended and
 * others of its group live on, each is ours only if it carries the marker in its environment.
 * @returns the process numbers it ended
 * @throws Error when one does not end
 */
export async function endOrphan(recordFile: string, marker: Readonly<Record<string, string>>): Promise<number[]> {
  const identity = readRecord(recordFile);
  const orphans = identity === undefined ? [] : membersOf(identity, marker);
  if (identity !== undefined && orphans.length > 0) await endGroup(identity.pid, graceMs);
  rmSync(recordFile, { force: true });
  return orphans;
}

function membersOf(identity: ProcessIdentity, marker: Readonly<Record<string, string>>): number[] {
  if (stillRuns(identity)) return groupMembers(identity.pid);
  // The number was given to another process: a group of this number is that process's.
  if (isRunning(identity.pid)) return [];
  const members = groupMembers(identity.pid);
  const isOurs = (pid: number) => Object.entries(marker).every(([name, value]) => hasEnvironment(pid, name, value));
  return members.every(isOurs) ? members : [];
}

function readRecord(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    // Killed while it was written: the parent-death signal ends that process.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
