import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { CounterStore } from '../src/counter-store.ts';
import { type CountedChange, Counts, tableIncrements } from '../src/counts.ts';

const none = { insert: 0, update: 0, delete: 0 };

function newStore(file: string): CounterStore {
  const store = new CounterStore(file, recordedLog().log);
  onTestFinished(() => store.close());
  return store;
}

function batch(next: number, inserts: number, arrivedAt = 1_000): CountedChange {
  return {
    positions: [{ topic: 'cdc-events', partition: 0, position: { next, newest: 5 } }],
    arrivedAt,
    increments: tableIncrements('shop.orders', { insert: inserts, update: 0, delete: 0 }),
  };
}

test('all operations of a table appear with its first row, born when its batch arrived', async () => {
  const counts = await Counts.open();
  await counts.record(batch(10, 3));
  expect(counts.series('cdc_events_total')).toEqual([
    { labels: { tablename: 'shop.orders', operation: 'insert' }, value: 3, created: 1_000 },
    { labels: { tablename: 'shop.orders', operation: 'update' }, value: 0, created: 1_000 },
    { labels: { tablename: 'shop.orders', operation: 'delete' }, value: 0, created: 1_000 },
  ]);
});

test('later batches add up, and the time of birth stays', async () => {
  const counts = await Counts.open();
  await counts.record(batch(10, 3));
  await counts.record(batch(20, 4, 2_000));
  expect(counts.series('cdc_events_total')[0]).toMatchObject({ value: 7, created: 1_000 });
  expect(counts.position('cdc-events', 0)).toEqual({ next: 20, newest: 5 });
  expect(counts.position('cdc-events', 1)).toBeUndefined();
});

test('counters without labels are there from the start, at 0', async () => {
  const counts = await Counts.open();
  expect(counts.series('cdc_duplicate_events_total')).toMatchObject([{ labels: {}, value: 0 }]);
  expect(counts.series('cdc_events_total')).toEqual([]);
});

test('a removed file is counted with the next batch', async () => {
  const counts = await Counts.open();
  counts.addRemovedFile();
  counts.addRemovedFile();
  await counts.record(batch(1, 0));
  await counts.record(batch(2, 0));
  expect(counts.series('cdc_event_log_removed_files_total')).toMatchObject([{ value: 2 }]);
});

describe('with a store', () => {
  test('the counts go on after a restart, with their times of birth', async () => {
    const file = path.join(await temporaryFolder(), 'events.counts.json');
    const before = await Counts.open({ store: newStore(file) });
    await before.record(batch(10, 3));

    const after = await Counts.open({ store: newStore(file) });
    expect(after.member).toBe(before.member);
    expect(after.position('cdc-events', 0)).toEqual({ next: 10, newest: 5 });
    await after.record(batch(11, 1, 9_000));
    expect(after.series('cdc_events_total')[0]).toMatchObject({ value: 4, created: 1_000 });
    expect(after.series('cdc_duplicate_events_total')).toEqual(before.series('cdc_duplicate_events_total'));
  });

  test('a batch that could not be stored is not shown, and counts once when it is tried again', async () => {
    const folder = path.join(await temporaryFolder(), 'log');
    await mkdir(folder);
    const store = newStore(path.join(folder, 'events.counts.json'));
    const counts = await Counts.open({ store });
    counts.addRemovedFile();
    await store.close();
    await rm(folder, { recursive: true });
    await expect(counts.record(batch(10, 3))).rejects.toThrow('ENOENT');
    expect(counts.series('cdc_events_total')).toEqual([]);
    expect(counts.position('cdc-events', 0)).toBeUndefined();

    await mkdir(folder);
    await counts.record(batch(10, 3));
    expect(counts.series('cdc_events_total')[0]).toMatchObject({ value: 3 });
    expect(counts.series('cdc_event_log_removed_files_total')).toMatchObject([{ value: 1 }]);
  });

  test('a batch takes as much to store as its own tables do, however many there are', async () => {
    const file = path.join(await temporaryFolder(), 'events.counts.json');
    const counts = await Counts.open({ store: newStore(file) });
    const increments = Array.from({ length: 20_000 }, (_, n) => tableIncrements(`shop.t${n}`, none)).flat();
    await counts.record({ positions: [], arrivedAt: 1_000, increments });
    const { size } = await stat(file);
    await counts.record(batch(10, 3));
    expect((await stat(file)).size - size).toBeLessThan(1_000);
    expect((await Counts.open({ store: newStore(file) })).series('cdc_events_total')).toHaveLength(60_003);
  });
});

describe('more tables than have series of their own', () => {
  test('are counted as one, with a word about the first', async () => {
    const others: string[] = [];
    const store = newStore(path.join(await temporaryFolder(), 'events.counts.json'));
    const open = () => Counts.open({ store, maxTables: 2, onOtherTable: (table) => others.push(table) });
    const insert = (counts: Counts, table: string) =>
      counts.record({ positions: [], arrivedAt: 1, increments: tableIncrements(table, { ...none, insert: 1 }) });
    const first = await open();
    for (const table of ['a.a', 'a.b', 'a.c', 'a.d', 'a.a']) await insert(first, table);
    const inserts = (counts: Counts) =>
      counts
        .series('cdc_events_total')
        .filter(({ labels }) => labels.operation === 'insert')
        .map(({ labels, value }) => [labels.tablename, value]);
    expect(inserts(first)).toEqual([
      ['a.a', 2],
      ['a.b', 1],
      ['other', 2],
    ]);
    expect(others).toEqual(['a.c']);

    const second = await open();
    for (const table of ['a.b', 'a.c']) await insert(second, table);
    expect(inserts(second)).toEqual([
      ['a.a', 2],
      ['a.b', 2],
      ['other', 3],
    ]);
  });
});
