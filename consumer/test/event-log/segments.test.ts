import { readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../runtime/test/support/folder.ts';
import { linkCurrent, listSegments, newSegment, repairSegment, type Segment } from '../../src/event-log/segments.ts';

function segmentAt(eventLog: string, number: number): Segment {
  return { number, path: path.join(path.dirname(eventLog), `events.00000${number}-00c0ffee.ndjson`) };
}

test('a segment is named after the log and its number', () => {
  expect(newSegment('/var/log/events.ndjson', 7).path).toMatch(/^\/var\/log\/events\.000007-[0-9a-f]{8}\.ndjson$/);
  expect(newSegment('/var/log/events.ndjson', 1_234_567).path).toMatch(/\/events\.1234567-[0-9a-f]{8}\.ndjson$/);
});

test('a name never comes again, also after the folder was wiped: a reader remembers the old file by it', () => {
  const names = Array.from({ length: 100 }, () => newSegment('/var/log/events.ndjson', 1).path);
  expect(new Set(names).size).toBe(100);
});

test('segments are listed by number, other files are not segments', async () => {
  const folder = await temporaryFolder();
  const names = ['events.1000000-00c0ffee.ndjson', 'events.999999-ffffffff.ndjson', 'events.000002.ndjson'];
  const others = [
    'events.ndjson',
    'events.1.ndjson',
    'events.000004-.ndjson',
    'events.counts.json',
    'events.000003.ndjson.gz',
    'other.000001.ndjson',
  ];
  for (const name of [...names, ...others]) await writeFile(path.join(folder, name), '');
  const segments = await listSegments(path.join(folder, 'events.ndjson'));
  expect(segments.map(({ number }) => number)).toEqual([2, 999_999, 1_000_000]);
});

describe('linkCurrent', () => {
  test('points the log at a segment, and at the next one', async () => {
    const log = path.join(await temporaryFolder(), 'events.ndjson');
    await linkCurrent(log, segmentAt(log, 1));
    await linkCurrent(log, segmentAt(log, 2));
    expect(await readlink(log)).toBe('events.000002-00c0ffee.ndjson');
  });

  test('takes no notice of a link that a killed process did not finish', async () => {
    const log = path.join(await temporaryFolder(), 'events.ndjson');
    await symlink('events.000009.ndjson', `${log}.next`);
    await linkCurrent(log, segmentAt(log, 1));
    expect(await readlink(log)).toBe('events.000001-00c0ffee.ndjson');
  });

  test('replaces no file', async () => {
    const log = path.join(await temporaryFolder(), 'events.ndjson');
    await writeFile(log, 'something of value');
    await expect(linkCurrent(log, segmentAt(log, 1))).rejects.toThrow(/not a symbolic link to a segment: move it away/);
    expect(await readFile(log, 'utf8')).toBe('something of value');
  });
});

describe('repairSegment', () => {
  // One line is longer than the 64 KiB that are read at a time, another ends exactly there.
  const long = 'x'.repeat(150_000);
  test.each([
    ['no line', '', ''],
    ['whole lines', 'a\nb\n', 'a\nb\n'],
    ['a torn line after whole ones', 'a\nb', 'a\n'],
    ['a torn line alone', 'abc', ''],
    ['a long torn line', `a\n${long}`, 'a\n'],
    ['a long whole line', `${long}\n`, `${long}\n`],
    ['an end at the edge of a block', `a\n${'x'.repeat(65_536)}`, 'a\n'],
  ])('of %s', async (_name, before, after) => {
    const segment = segmentAt(path.join(await temporaryFolder(), 'events.ndjson'), 1);
    await writeFile(segment.path, before);
    expect(await repairSegment(segment)).toBe(before.length - after.length);
    expect(await readFile(segment.path, 'utf8')).toBe(after);
  });
});
