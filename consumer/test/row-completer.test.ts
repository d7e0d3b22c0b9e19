import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { Health } from '../src/health.ts';
import { lookedUpChange } from '../src/protocols/row-change.ts';
import type { RetryContext } from '../src/retry.ts';
import { completeRows, hasCutRows, type RowCompleter } from '../src/row-completer.ts';
import { decodeRow, encode, insert } from './support/canal-messages.ts';

const whole = decodeRow(encode(insert));
const keys = { ...insert, data: [{ order_id: '1' }] };
const cut = decodeRow(encode(keys, '{"commitTs":1,"onlyHandleKey":true}'));
const claim = decodeRow(encode(keys, '{"commitTs":1,"claimCheckLocation":"file:///claims/a.json"}'));
const origin = { place: { topic: 'cdc-events', partition: 0 }, message: { key: null, value: null } };

/** Completes rows with its own name. */
function completer(name: string, isFor: RowCompleter['isFor'] = () => true): RowCompleter {
  return { isFor, complete: async (row) => lookedUpChange(row, { data: { note: name } }) };
}

function retrying(heartbeat: () => Promise<void> = async () => undefined): RetryContext {
  return { health: new Health(60), log: recordedLog().log, stopping: new AbortController().signal, heartbeat };
}

test('rows that TiCDC has cut are told from others', () => {
  expect(hasCutRows({ kind: 'rows', rows: [whole, cut] })).toBe(true);
  expect(hasCutRows({ kind: 'rows', rows: [whole, claim] })).toBe(true);
  expect(hasCutRows({ kind: 'rows', rows: [whole] })).toBe(false);
  expect(hasCutRows({ kind: 'watermark', watermarkTs: '1', reachedAt: 0 })).toBe(false);
});

describe('of the completers', () => {
  const rows = [whole, cut, claim];
  const complete = async (completers: readonly RowCompleter[]) => {
    const completed = await completeRows({ kind: 'rows', rows }, origin, { completers, retrying: retrying() });
    return completed.kind === 'rows' ? completed.rows : [];
  };

  test('the first that can look for a row takes it, and a whole row is left alone', async () => {
    const files = completer('file', ({ claimCheck }) => claimCheck !== undefined);
    const [first, second, third] = await complete([files, completer('database')]);
    expect(first).toBe(whole);
    expect(second).toMatchObject({ data: { note: 'database' }, primaryKey: { order_id: '1' }, keysOnly: false });
    expect(third).toMatchObject({ data: { note: 'file' } });
  });

  test('none leaves the rows as they came', async () => {
    expect(await complete([])).toEqual(rows);
  });
});

test('each completed row is followed by a heartbeat, which says when the partition is lost', async () => {
  let heartbeats = 0;
  const rebalance = Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });
  const heartbeat = async () => {
    heartbeats += 1;
    if (heartbeats === 2) throw rebalance;
  };
  const completion = { completers: [completer('database')], retrying: retrying(heartbeat) };
  await expect(completeRows({ kind: 'rows', rows: [cut, cut, cut] }, origin, completion)).rejects.toBe(rebalance);
  expect(heartbeats).toBe(2);
});
