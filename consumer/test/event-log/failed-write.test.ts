import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../runtime/test/support/folder.ts';
import { offsetsIn } from '../support/documents.ts';

// Starting Node can be slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

/**
 * Runs a module with a limit on file size: the system accepts part of a write and refuses the rest, as when a disk is
 * full.
 */
function runWithFileLimit(text: string): { status: number | null; stdout: string; stderr: string } {
  const source = (name: string) => JSON.stringify(path.resolve(import.meta.dirname, '../../src/event-log', name));
  const program = `
    import { FileEventLog } from ${source('file-event-log.ts')};
    import { documentOf } from ${JSON.stringify(path.resolve(import.meta.dirname, '../support/documents.ts'))};
    const warnings = [];
    const log = { warn: (fields) => warnings.push(fields), error: (fields) => warnings.push(fields) };
    ${text}`;
  // In units of 512 bytes (POSIX), or 1,024 (bash): 64 or 128 KiB.
  const limited = 'ulimit -f 128 && exec "$0" --import tsx --input-type=module --eval "$1"';
  return spawnSync('sh', ['-c', limited, process.execPath, program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 30_000,
  });
}

async function segmentTexts(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.\d{6}-\w+\.ndjson$/.test(name)).sort();
  return Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
}

const open = (folder: string) => `
  const options = { path: ${JSON.stringify(path.join(folder, 'events.ndjson'))}, rotateBytes: 1e9, keepFiles: 99, log, onRemoved() {} };
  const events = await FileEventLog.open(options);
  for (let offset = 0; offset < 1000; offset++) events.append(JSON.stringify(documentOf(offset, 'y'.repeat(100))));
  const failure = await events.flush().catch((error) => error.code);`;

test('a write that fails half-way is finished by the next ones, each line once and whole', async () => {
  const folder = await temporaryFolder();
  const { stdout, stderr } = runWithFileLimit(`
    ${open(folder)}
    let more = 0;
    for (let left = true; left; more++) left = await events.flush().then(() => false, () => true);
    await events.close();
    console.log(JSON.stringify({ failure, more }));`);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ failure: 'EFBIG', more: expect.any(Number) });

  const texts = await segmentTexts(folder);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.flatMap(offsetsIn)).toEqual([...Array(1_000).keys()]);
});

test('a write that failed and is given up leaves whole lines only', async () => {
  const folder = await temporaryFolder();
  const { stdout, stderr } = runWithFileLimit(`
    ${open(folder)}
    events.discard();
    events.append(JSON.stringify(documentOf(5000)));
    await events.flush();
    await events.close();
    console.log(failure);`);
  expect({ stdout, stderr }).toEqual({ stdout: 'EFBIG\n', stderr: '' });

  const [first, second, ...more] = await segmentTexts(folder);
  const written = offsetsIn(first ?? '');
  expect(written).toEqual([...Array(written.length).keys()]);
  expect(offsetsIn(second ?? '')).toEqual([5_000]);
  expect(more).toEqual([]);
});

test('a log that is closed after a failure has no torn line', async () => {
  const folder = await temporaryFolder();
  const { stdout } = runWithFileLimit(`${open(folder)} await events.close(); console.log(failure);`);
  expect(stdout).toBe('EFBIG\n');
  const [first = ''] = await segmentTexts(folder);
  expect(offsetsIn(first).length).toBeGreaterThan(0);
});
