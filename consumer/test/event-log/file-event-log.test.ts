import { appendFile, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../runtime/test/support/folder.ts';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { FileEventLog } from '../../src/event-log/file-event-log.ts';
import { documentOf, offsetsIn } from '../support/documents.ts';

interface OpenOptions {
  readonly rotateBytes?: number;
  readonly keepFiles?: number;
  readonly nudgeMs?: number;
}

/** Opens an event log, and records its log lines and the number of removed files. */
async function openLog(
  eventLog: string,
  { rotateBytes = 1_000_000, keepFiles = 5, nudgeMs = 60_000 }: OpenOptions = {},
) {
  const { log, lines } = recordedLog();
  const seen = { removed: 0, lines };
  const onRemoved = () => {
    seen.removed += 1;
  };
  const events = await FileEventLog.open({ path: eventLog, rotateBytes, keepFiles, nudgeMs, log, onRemoved });
  const close = () => events.close().catch(() => undefined);
  onTestFinished(close);
  return { events, seen };
}

async function write(events: FileEventLog, offsets: readonly number[]): Promise<void> {
  for (const offset of offsets) events.append(JSON.stringify(documentOf(offset)));
  await events.flush();
}

async function newLogPath(): Promise<string> {
  return path.join(await temporaryFolder(), 'log', 'events.ndjson');
}

async function segmentNames(eventLog: string): Promise<string[]> {
  return (await readdir(path.dirname(eventLog))).filter((name) => /\.\d{6}-\w{8}\.ndjson$/.test(name)).sort();
}

/** Returns the numbers in the segments' names: the rest of a name is random. */
async function segmentNumbers(eventLog: string): Promise<number[]> {
  return (await segmentNames(eventLog)).map((name) => Number(/\d{6}/.exec(name)?.[0]));
}

test('lines are in the file when they are flushed, not before', async () => {
  const eventLog = await newLogPath();
  const { events } = await openLog(eventLog);
  events.append(JSON.stringify(documentOf(1)));
  expect(await readFile(eventLog, 'utf8')).toBe('');
  await events.flush();
  expect(await readFile(eventLog, 'utf8')).toBe(`${JSON.stringify(documentOf(1))}\n`);
});

test('the log is a link to its first segment, readable by owner and group only', async () => {
  const eventLog = await newLogPath();
  await openLog(eventLog);
  expect([await readlink(eventLog)]).toEqual(await segmentNames(eventLog));
  expect((await stat(eventLog)).mode & 0o777).toBe(0o640);
  expect((await stat(path.dirname(eventLog))).mode & 0o777).toBe(0o750);
});

test('a start continues the newest segment', async () => {
  const eventLog = await newLogPath();
  const first = await openLog(eventLog);
  await write(first.events, [1, 2]);
  await first.events.close();
  const second = await openLog(eventLog);
  await write(second.events, [3]);
  expect(offsetsIn(await readFile(eventLog, 'utf8'))).toEqual([1, 2, 3]);
  expect(second.seen.lines).toEqual([]);
});

test('a second process is refused', async () => {
  const eventLog = await newLogPath();
  await openLog(eventLog);
  await expect(openLog(eventLog)).rejects.toThrow(/another consumer process writes this event log/);
});

describe('a torn last line', () => {
  test('is cut off with a warning, and what follows goes to the next segment', async () => {
    const eventLog = await newLogPath();
    const first = await openLog(eventLog);
    await write(first.events, [1]);
    await first.events.close();
    await appendFile(eventLog, '{"@timestamp":"20');

    const second = await openLog(eventLog);
    expect(second.seen.lines).toMatchObject([{ level: 'warn', bytes: 17 }]);
    await write(second.events, [2]);
    const names = await segmentNames(eventLog);
    const texts = await Promise.all(names.map((name) => readFile(path.join(path.dirname(eventLog), name), 'utf8')));
    expect(texts.map(offsetsIn)).toEqual([[1], [2]]);
    expect(await readlink(eventLog)).toBe(names[1]);
  });
});

describe('rotation', () => {
  test('begins a new segment after the one that has reached its size', async () => {
    const eventLog = await newLogPath();
    const { events, seen } = await openLog(eventLog, { rotateBytes: 1_000 });
    // A document has about 250 bytes: four fill a segment.
    for (let offset = 0; offset < 10; offset++) await write(events, [offset]);
    const names = await segmentNames(eventLog);
    expect(await segmentNumbers(eventLog)).toEqual([1, 2, 3]);
    const texts = await Promise.all(names.map((name) => readFile(path.join(path.dirname(eventLog), name), 'utf8')));
    expect(offsetsIn(texts.join(''))).toEqual([...Array(10).keys()]);
    expect(texts[0]?.length).toBeGreaterThanOrEqual(1_000);
    expect(await readlink(eventLog)).toBe(names[2]);
    expect(seen.removed).toBe(0);
  });

  test('never parts a batch', async () => {
    const eventLog = await newLogPath();
    const { events } = await openLog(eventLog, { rotateBytes: 1_000 });
    await write(events, [...Array(50).keys()]);
    expect(await segmentNames(eventLog)).toHaveLength(1);
  });

  test('keeps the newest files, and says of each removed one what it was', async () => {
    const eventLog = await newLogPath();
    const { events, seen } = await openLog(eventLog, { rotateBytes: 100, keepFiles: 2 });
    for (let offset = 1; offset <= 4; offset++) await write(events, [offset]);
    expect(await segmentNumbers(eventLog)).toEqual([3, 4]);
    expect(seen.removed).toBe(2);
    expect(seen.lines).toMatchObject([
      {
        level: 'warn',
        file: expect.stringMatching(/events\.000001-\w+\.ndjson$/),
        bytes: JSON.stringify(documentOf(1)).length + 1,
        modified: expect.stringMatching(/^\d{4}-/),
      },
      { level: 'warn', file: expect.stringMatching(/events\.000002-\w+\.ndjson$/) },
    ]);
  });

  test('a full newest segment is followed by a new one also after a start', async () => {
    const eventLog = await newLogPath();
    const first = await openLog(eventLog);
    await write(first.events, [1]);
    await first.events.close();
    const second = await openLog(eventLog, { rotateBytes: 100 });
    await write(second.events, [2]);
    expect(await segmentNames(eventLog)).toHaveLength(2);
  });
});

describe('sync', () => {
  test('of what is written, over a rotation too', async () => {
    const eventLog = await newLogPath();
    const { events } = await openLog(eventLog, { rotateBytes: 100 });
    await events.sync();
    await write(events, [1]);
    await write(events, [2]);
    await events.sync();
    expect(await segmentNumbers(eventLog)).toEqual([1, 2]);
  });

  test('tells that the folder was wiped: nobody will ever read what is written there', async () => {
    const eventLog = await newLogPath();
    const { events } = await openLog(eventLog);
    await rm(path.dirname(eventLog), { recursive: true });
    await write(events, [1]);
    await expect(events.sync()).rejects.toThrow(/events\.000001-\w+\.ndjson: was removed while it was written/);
  });
});

test('after the folder was wiped a start begins with a name that no file had before', async () => {
  const eventLog = await newLogPath();
  const first = await openLog(eventLog);
  await write(first.events, [1]);
  await first.events.close();
  const before = await segmentNames(eventLog);
  await rm(path.dirname(eventLog), { recursive: true });
  await openLog(eventLog);
  expect(await segmentNumbers(eventLog)).toEqual([1]);
  expect(await segmentNames(eventLog)).not.toEqual(before);
});

test('a discarded line is not written with the next', async () => {
  const eventLog = await newLogPath();
  const { events } = await openLog(eventLog);
  events.append(JSON.stringify(documentOf(1)));
  events.discard();
  await write(events, [2]);
  expect(offsetsIn(await readFile(eventLog, 'utf8'))).toEqual([2]);
});

test('a file in the place of the link is not touched, and the log is free again', async () => {
  const eventLog = path.join(await temporaryFolder(), 'events.ndjson');
  await writeFile(eventLog, 'something of value');
  await expect(openLog(eventLog)).rejects.toThrow(/not a symbolic link/);
  await expect(openLog(eventLog)).rejects.toThrow(/not a symbolic link/);
});

describe('now and then', () => {
  test('every segment grows by an empty line, so that a reader that gave it up comes back', async () => {
    const eventLog = await newLogPath();
    const { events, seen } = await openLog(eventLog, { rotateBytes: 1, nudgeMs: 20 });
    for (const offset of [1, 2, 3]) await write(events, [offset]);
    const folder = path.dirname(eventLog);
    const texts = async () =>
      Promise.all((await segmentNames(eventLog)).map((name) => readFile(path.join(folder, name), 'utf8')));
    await vi.waitFor(async () => {
      for (const text of await texts()) expect(text).toMatch(/\n\n$/);
    });
    await events.close();
    expect((await texts()).map((text) => text.trimEnd())).toEqual(
      [1, 2, 3].map((offset) => JSON.stringify(documentOf(offset))),
    );
    expect(seen.lines).toEqual([]);
  });

  test('empty lines at the end are no torn line for the next process', async () => {
    const eventLog = await newLogPath();
    const { events } = await openLog(eventLog, { nudgeMs: 20 });
    await write(events, [1]);
    await vi.waitFor(async () => expect(await readFile(eventLog, 'utf8')).toMatch(/\n\n$/));
    await events.close();
    const next = await openLog(eventLog);
    await write(next.events, [2]);
    expect(next.seen.lines).toEqual([]);
    expect(await segmentNames(eventLog)).toHaveLength(1);
    expect(offsetsIn(await readFile(eventLog, 'utf8'))).toEqual([1, 2]);
  });
});
