import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFolder } from '../../src/kit/write-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'write-folder-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('makes the folder hold exactly the files', async () => {
  await mkdir(path.join(folder, 'config'));
  await writeFile(path.join(folder, 'config', 'stale.yml'), 'old');
  await writeFile(path.join(folder, 'kept.yml'), 'old');
  const files = new Map([
    ['kept.yml', 'new'],
    ['config/made.yml', 'made'],
  ]);
  expect(await writeFolder(folder, files)).toEqual({ written: 2, removed: 1 });
  expect(await readFile(path.join(folder, 'kept.yml'), 'utf8')).toBe('new');
  expect(await readdir(path.join(folder, 'config'))).toEqual(['made.yml']);
});

test('makes the folder itself', async () => {
  const missing = path.join(folder, 'a', 'b');
  await writeFolder(missing, new Map([['file', 'text']]));
  expect(await readFile(path.join(missing, 'file'), 'utf8')).toBe('text');
});
