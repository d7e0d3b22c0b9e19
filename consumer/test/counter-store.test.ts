import { appendFile, copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { applyChange, type CounterState, emptyState } from '../src/counter-state.ts';
import { CounterStore, counterStatePath } from '../src/counter-store.ts';

const inserts = (value: number): CounterState['counters'] => {
  const labels = { tablename: 'shop.orders', operation: 'insert' };
  return new Map([
    ['cdc_events_total', new Map([['shop.orders\0insert', { labels, value, created: 1_700_000_000_123 }]])],
  ]);
};
const stateAt = (next: number): CounterState => ({
  member: '00c0ffee',
  positions: { 'cdc-events': { 0: { next, newest: 1_700_000_000_000, last: { from: 3, rows: 4 } } } },
  counters: new Map([
    ...inserts(next),
    ['cdc_duplicate_events_total', new Map([['', { labels: {}, value: 0, created: 1 }]])],
  ]),
});
const changeTo = (next: number): CounterState => ({
  member: undefined,
  positions: { 'cdc-events': { 0: { next, newest: 1, last: { from: 3, rows: 4 } } } },
  counters: inserts(next),
});

async function newFile(): Promise<string> {
  return path.join(await temporaryFolder(), 'events.counts.json');
}

function open(file: string) {
  const { log, lines } = recordedLog();
  const store = new CounterStore(file, log);
  onTestFinished(() => store.close());
  return { store, lines };
}

/** Writes a whole state and this many changes. The position of the last one is their number. */
async function written(file: string, changes: number): Promise<void> {
  const { store } = open(file);
  await store.replace(stateAt(0));
  for (let next = 1; next <= changes; next += 1) await store.append(changeTo(next), () => stateAt(next));
  await store.close();
}

const nextOf = (state: CounterState | undefined) => state?.positions['cdc-events']?.[0]?.next;

test('lies beside the event log', () => {
  expect(counterStatePath('/var/log/cdc/events.ndjson')).toBe('/var/log/cdc/events.counts.json');
});

test('is read as it was written', async () => {
  const file = await newFile();
  await open(file).store.replace(stateAt(12));
  expect(await open(file).store.read()).toEqual(stateAt(12));
});

test('is read with its changes', async () => {
  const file = await newFile();
  await written(file, 3);
  const expected = emptyState();
  applyChange(expected, stateAt(0));
  applyChange(expected, changeTo(3));
  expect(await open(file).store.read()).toEqual(expected);
});

test('is nothing where there is no file', async () => {
  expect(await open(await newFile()).store.read()).toBeUndefined();
});

test('of an earlier version, one line without an end, is read', async () => {
  const file = await newFile();
  await writeFile(file, '{"version":1,"positions":{"t":{"0":{"next":5,"newest":1}}},"counters":{}}');
  expect((await open(file).store.read())?.positions).toEqual({ t: { 0: { next: 5, newest: 1 } } });
});

test('is replaced when it has grown, and the file before leads to the same state', async () => {
  const file = await newFile();
  const { store } = open(file);
  await store.replace(stateAt(0));
  const large = 'x'.repeat(700_000);
  const change = (next: number) => ({ ...changeTo(next), member: large });
  for (let next = 1; next <= 3; next += 1) await store.append(change(next), () => stateAt(next));
  expect((await readFile(file, 'utf8')).length).toBeLessThan(1_000);
  expect(nextOf(await open(file).store.read())).toBe(3);
  await rm(file);
  expect(nextOf(await open(file).store.read())).toBe(2);
});

test('a process that was killed while it wrote another file leaves the old one in place', async () => {
  const file = await newFile();
  await written(file, 2);
  await writeFile(`${file}.next`, '{"version":1,"posit');
  expect(nextOf(await open(file).store.read())).toBe(2);
  await open(file).store.replace(stateAt(7));
  expect((await readdir(path.dirname(file))).sort()).toEqual(['events.counts.json', 'events.counts.previous.json']);
});

test('a state that cannot be written stays as it was', async () => {
  const file = await newFile();
  const { store } = open(path.join(path.dirname(file), 'missing', 'events.counts.json'));
  await expect(store.append(changeTo(1), () => stateAt(1))).rejects.toThrow(/ENOENT/);
});

describe('a power cut', () => {
  test.each([
    ['half a line at its end', '{"version":1,"posit'],
    ['zeros at its end', '\0'.repeat(500)],
  ])('that leaves %s takes nothing that was reported as written', async (_name, tail) => {
    const file = await newFile();
    await written(file, 2);
    await appendFile(file, tail);
    const { store, lines } = open(file);
    expect(nextOf(await store.read())).toBe(2);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'a line of the counter state is damaged: left out' }]);
    // The next change is not written after it.
    await store.append(changeTo(3), () => stateAt(3));
    expect(nextOf(await open(file).store.read())).toBe(3);
  });

  test.each([
    ['an empty file', (file: string) => truncate(file, 0)],
    ['no file', (file: string) => rm(file)],
    ['zeros in its place', (file: string) => writeFile(file, Buffer.alloc(1_000))],
  ])('that leaves %s is repaired from the one before, with a warning', async (_name, damage) => {
    const file = await newFile();
    await written(file, 2);
    await open(file).store.replace(stateAt(2));
    await damage(file);
    const { store, lines } = open(file);
    expect(nextOf(await store.read())).toBe(2);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      msg: 'the counter state is damaged: repaired from the one before',
      file,
      reason: expect.any(String),
    });
    // The state is repaired from the previous file until there is a whole file again.
    await store.replace(stateAt(5));
    await copyFile(file, `${file}.copy`);
    await truncate(file, 0);
    expect(nextOf(await open(file).store.read())).toBe(2);
  });

  test('that damages the first line only: the changes after it are taken from there', async () => {
    const file = await newFile();
    await written(file, 0);
    await written(file, 2);
    const [, ...changes] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, ['{"version":1,"pos', ...changes].join('\n'));
    expect(nextOf(await open(file).store.read())).toBe(2);
  });
});

describe('a damaged file, where none is before', () => {
  const positions = (position: unknown) =>
    JSON.stringify({ version: 1, positions: { t: { 0: position } }, counters: {} });
  test.each([
    ['nothing', ''],
    ['half of it', '{"version":1,"positions":{'],
    ['another version', '{"version":2,"positions":{},"counters":{}}'],
    ['an offset that is text', positions({ next: '1', newest: 1 })],
    ['an offset below 0', positions({ next: -1, newest: 1 })],
    ['no counters', '{"version":1,"positions":{}}'],
  ])('of %s is named with its remedy, and left alone', async (_name, text) => {
    const file = await newFile();
    await writeFile(file, text);
    const failure = open(file).store.read();
    await expect(failure).rejects.toThrow(`the counter state ${file} is damaged: restore it from a copy, or remove it`);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('that cannot be read at all is named too', async () => {
    const folder = await temporaryFolder();
    await expect(open(folder).store.read()).rejects.toThrow(`the counter state ${folder} cannot be read`);
  });
});
