import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Lock, lockHolder, tryLock } from '@tidb-cdc/runtime/lock';
import { partNames } from '@tidb-cdc/runtime/system-state';
import { UsageError } from './options.ts';
import { StatePaths } from './paths.ts';
import { endOrphan } from './processes/records.ts';

/** Passwords, generated once per state folder. */
export interface Secrets {
  readonly appPassword: string;
  /** Password of Canal's account. */
  readonly cdcPassword: string;
}

/** Marks a state folder, so that `--fresh` never removes anything else. */
const markerFile = '.tidb-cdc-state';

/** Another supervisor uses the same state folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/**
 * Takes over a state folder: locks it against other supervisors and ends the processes that a killed one left running.
 * @param report called for each process that was found and ended
 * @throws AlreadyRunningError, or UsageError when the folder holds other files
 */
export async function openStateDir(
  root: string,
  fresh: boolean,
  report: (line: string) => void,
): Promise<{ paths: StatePaths; lock: Lock }> {
  const paths = new StatePaths(root);
  checkOurs(paths.root);
  const key = `state ${resolve(root)}`;
  const lock = await tryLock(key);
  if (lock === undefined) throw await alreadyRunning(paths.root, key);
  await endOrphans(paths, report);
  if (fresh) rmSync(paths.root, { recursive: true, force: true });
  for (const dir of [paths.logs, paths.records, paths.jobs]) mkdirSync(dir, { recursive: true });
  writeFileSync(join(paths.root, markerFile), 'State of tidb-cdc: remove it with npm start -- --fresh\n');
  return { paths, lock };
}

/** The environment variable that every process of a state folder carries. */
export function stateMarker(paths: StatePaths): Readonly<Record<string, string>> {
  return { TIDB_CDC_STATE_DIR: paths.root };
}

/** Reads the state folder's passwords; generates them at the first call. */
export function readSecrets(paths: StatePaths): Secrets {
  const file = join(paths.root, 'secrets.json');
  if (!existsSync(file)) {
    const password = () => randomBytes(18).toString('base64url');
    const secrets: Secrets = { appPassword: password(), cdcPassword: password() };
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
}

function checkOurs(root: string): void {
  if (!existsSync(root) || existsSync(join(root, markerFile)) || readdirSync(root).length === 0) return;
  throw new UsageError(`--state-dir ${root} contains files of something else: choose another folder, or an empty one`);
}

async function alreadyRunning(root: string, key: string): Promise<AlreadyRunningError> {
  const holder = await lockHolder(key);
  const who = holder === undefined ? 'another process' : `process ${holder}`;
  return new AlreadyRunningError(
    `the system is already running in ${root}, started by ${who}: stop it with Ctrl-C${
      holder === undefined ? '' : ` or kill ${holder}`
    }, or start a second one with --state-dir and --port-offset`,
  );
}

async function endOrphans(paths: StatePaths, report: (line: string) => void): Promise<void> {
  const marker = stateMarker(paths);
  const ended = await Promise.all(
    partNames.map(async (name) => ({ name, pids: await endOrphan(paths.record(name), marker) })),
  );
  for (const { name, pids } of ended) {
    if (pids.length > 0) report(`stopped ${name} (process ${pids.join(', ')}), left behind by a start that was killed`);
  }
}
