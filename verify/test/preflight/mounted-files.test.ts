import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mountedFileProblems } from '../../src/preflight/mounted-files.ts';

test('files of a clone under umask 077 are found, and chmod opens them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'kafka'));
  const file = join(folder, 'kafka', 'server.properties');
  writeFileSync(file, '', { mode: 0o600 });
  expect(mountedFileProblems(folder)).toEqual([
    {
      what: `containers cannot read all files in ${folder}, for example kafka/server.properties`,
      remedy: `chmod -R a+rX ${folder}`,
    },
  ]);
  chmodSync(file, 0o644);
  expect(mountedFileProblems(folder)).toEqual([]);
});
