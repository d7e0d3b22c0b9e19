import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { appendLine, lastLines, readFrom, rotate, sizeOf } from '../../src/processes/log-file.ts';

test('rotation keeps the run before and nothing older', () => {
  const file = join(scratchDir(), 'part.log');
  rotate(file);
  for (const run of ['first', 'second', 'third']) {
    rotate(file);
    appendLine(file, run);
  }
  expect(readFileSync(file, 'utf8')).toBe('third\n');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('second\n');
});

test('reads what was written since', () => {
  const file = join(scratchDir(), 'part.log');
  expect(sizeOf(file)).toBe(0);
  expect(readFrom(file, 0)).toBe('');
  writeFileSync(file, 'old\n');
  const offset = sizeOf(file);
  expect(readFrom(file, offset)).toBe('');
  for (const line of ['one', '', 'two', 'three']) appendLine(file, line);
  expect(lastLines(file, 2, offset)).toEqual(['two', 'three']);
  expect(lastLines(file, 9)).toEqual(['old', 'one', 'two', 'three']);
});

test('reads no more than the end of a huge log', () => {
  const file = join(scratchDir(), 'part.log');
  writeFileSync(file, `${'x'.repeat(1_000_000)}end`);
  expect(readFrom(file, 0)).toHaveLength(256 * 1024);
  expect(readFrom(file, 0).endsWith('end')).toBe(true);
});
