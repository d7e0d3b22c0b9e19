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

/** How long processes left by a killed supervisor may take to end after SIGTERM. */
const graceMs = 8_000;

/**
 * Records a process's identity, so that the next supervisor can find it. Writes nothing for a process that has already
 * ended.
 */
export function writeRecord(file: string, pid: number): void {
  const identity = identify(pid);
  if (identity !== undefined) writeFileSync(file, `${JSON.stringify(identity)}\n`);
}

/**
 * Ends the processes that a killed supervisor left running, and waits until they are gone.
 *
 * A process with the recorded number is ours only if it has the recorded start time. If the recorded process has ended
 * but others of its group are alive, they are ours only if all of them carry the marker in their environment.
 * @returns the numbers of the processes it ended
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
  // The number now belongs to another process, and so does the group with this number.
  if (isRunning(identity.pid)) return [];
  const members = groupMembers(identity.pid);
  const isOurs = (pid: number) => Object.entries(marker).every(([name, value]) => hasEnvironment(pid, name, value));
  return members.every(isOurs) ? members : [];
}

function readRecord(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    // The supervisor was killed while it wrote the record. The parent-death signal ends that process.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
