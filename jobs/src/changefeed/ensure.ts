import { type WaitOptions, waitFor } from '@tidb-cdc/runtime/wait';
import type { ChangefeedDefinition } from './definition.ts';
import { changefeedDifferences, hasHiddenPassword, mergeConfig } from './difference.ts';
import { type Changefeed, type ChangefeedApi, TicdcError } from './open-api.ts';

export type Outcome = 'created' | 'updated' | 'unchanged';

/** The existing changefeed differs from the wanted one or is stopped. Waiting cannot fix that: a person must decide. */
export class ChangefeedConflict extends Error {
  override readonly name = 'ChangefeedConflict';
}

/** Whether an error is one that waiting cannot fix. */
export function isFinal(error: unknown): boolean {
  return error instanceof ChangefeedConflict || (error instanceof TicdcError && error.isFinal);
}

/**
 * Creates the changefeed, or updates an existing one that differs if `mayUpdate`. Call it again after an error that is
 * not final: each call starts from the current state.
 *
 * @throws ChangefeedConflict when the existing one differs or is stopped, and must not be updated
 */
export async function ensureChangefeed(
  api: ChangefeedApi,
  wanted: ChangefeedDefinition,
  mayUpdate: boolean,
  wait: WaitOptions,
): Promise<Outcome> {
  const found = await api.find();
  if (found === undefined) {
    // If another run was quicker, this fails, and the next call compares with what that run created.
    await api.create(wanted);
    return 'created';
  }
  const differences = changefeedDifferences(wanted, found);
  const isStanding = found.state === 'stopped' || found.state === 'failed';
  if (mayUpdate) {
    const needed = differences.length > 0 || isStanding || hasHiddenPassword(wanted.sink_uri);
    return needed ? update(api, wanted, found, wait) : 'unchanged';
  }
  if (differences.length > 0) {
    throw new ChangefeedConflict(
      `changefeed ${wanted.changefeed_id} exists with another configuration: ${differences.join('; ')}. ` +
        'Remedy: run create-changefeed with CHANGEFEED_UPDATE=true, or remove the changefeed',
    );
  }
  if (isStanding) throw standing(wanted.changefeed_id, found);
  return 'unchanged';
}

/**
 * Returns the changefeed if its state is `normal`.
 *
 * @throws ChangefeedConflict with TiCDC's own error for a state that it does not leave by itself; Error for any other
 */
export async function requireNormal(api: ChangefeedApi, id: string): Promise<Changefeed> {
  const found = await api.find();
  if (found === undefined) throw new Error('TiCDC does not know it yet');
  if (found.state === 'normal') return found;
  if (found.state === 'warning' || found.state === 'pending' || found.state === '') {
    throw new Error(`its state is '${found.state}'${reasonOf(found)}`);
  }
  throw standing(id, found);
}

async function update(
  api: ChangefeedApi,
  wanted: ChangefeedDefinition,
  found: Changefeed,
  wait: WaitOptions,
): Promise<Outcome> {
  const isRunning = found.state !== 'stopped' && found.state !== 'failed';
  let changed: boolean;
  try {
    if (isRunning) {
      await api.pause();
      await waitFor(`changefeed ${wanted.changefeed_id} to stop`, () => checkStopped(api), wait);
    }
    changed = await changes(api.update(wanted.sink_uri, mergeConfig(found.config, wanted.replica_config)));
  } catch (error) {
    // If it was running, it resumes unchanged: a refused change must not stop the flow.
    if (isRunning) await resumeAfter(error, api, wait);
    throw error;
  }
  await api.resume();
  return changed ? 'updated' : 'unchanged';
}

/** @throws Error when it cannot be resumed either, with the earlier error as its cause */
async function resumeAfter(cause: unknown, api: ChangefeedApi, wait: WaitOptions): Promise<void> {
  try {
    await waitFor('TiCDC to resume the changefeed', () => api.resume(), wait);
  } catch (error) {
    throw new Error(`it is paused, and could not be resumed: ${(error as Error).message}`, { cause });
  }
}

async function checkStopped(api: ChangefeedApi): Promise<void> {
  const state = (await api.find())?.state;
  if (state !== 'stopped') throw new Error(`its state is '${state}'`);
}

/** Whether an update changed anything: with a hidden password, only TiCDC can tell. */
async function changes(request: Promise<void>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof TicdcError && error.changesNothing) return false;
    throw error;
  }
}

function standing(id: string, found: Changefeed): ChangefeedConflict {
  const isOver = found.state === 'finished' || found.state === 'removed';
  const remedy = isOver
    ? 'remove it and run create-changefeed again'
    : 'fix the cause, then run create-changefeed with CHANGEFEED_UPDATE=true, which resumes it';
  return new ChangefeedConflict(`changefeed ${id} is ${found.state}${reasonOf(found)}. Remedy: ${remedy}`);
}

function reasonOf({ error }: Changefeed): string {
  return error ? `: ${error.code} ${error.message}` : '';
}
