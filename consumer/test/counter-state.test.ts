import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { type CounterState, CounterStore, counterStatePath } from '../src/counter-state.ts';

const state: CounterState = {
  positions: { 'cdc-events': { 0: { next: 12, newest: 1_700_000_000_000 } } },
  counters: new Map([
    [
      'cdc_events_total',
      new Map([
        [
          'shop.orders\0insert',
          { labels: { tablename: 'shop.orders', operation: 'insert' }, value: 3, created: 1_700_000_000_123 },
        ],
      ]),
    ],
    ['cdc_duplicate_events_total', new Map([['', { labels: {}, value: 0, created: 1 }]])],
  ]),
};

async function newFile(): Promise<string> {
  return path.join(await temporaryFolder(), 'events.counts.json');
}

test('lies beside the event log', () => {
  expect(counterStatePath('/var/log/cdc/events.ndjson')).toBe('/var/log/cdc/events.counts.json');
});

test('is read as it was written', async () => {
  const file = await newFile();
  await new CounterStore(file).write(state);
  expect(await new CounterStore(file).read()).toEqual(state);
});

test('is nothing where there is no file', async () => {
  expect(await new CounterStore(await newFile()).read()).toBeUndefined();
});

test('is replaced as a whole, also after a process was killed while it wrote', async () => {
  const file = await newFile();
  const store = new CounterStore(file);
  await store.write(state);
  await writeFile(`${file}.next`, '{"version":1,"posit');
  expect(await store.read()).toEqual(state);
  await store.write({ ...state, positions: {} });
  expect((await store.read())?.positions).toEqual({});
  expect(await readdir(path.dirname(file))).toEqual(['events.counts.json']);
});

test('a state that cannot be written stays as it was', async () => {
  const file = await newFile();
  const store = new CounterStore(path.join(path.dirname(file), 'missing', 'events.counts.json'));
  await expect(store.write(state)).rejects.toThrow(/ENOENT/);
});

describe('a damaged file', () => {
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
    const failure = new CounterStore(file).read();
    await expect(failure).rejects.toThrow(`the counter state ${file} is damaged: restore it from a copy, or remove it`);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('that cannot be read at all is named too', async () => {
    const folder = await temporaryFolder();
    await expect(new CounterStore(folder).read()).rejects.toThrow(`the counter state ${folder} cannot be read`);
  });
});
