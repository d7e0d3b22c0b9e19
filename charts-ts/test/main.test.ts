import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repositoryFile } from './support/profiles.ts';

test('npm run synth writes the same bytes in another folder, time zone and language', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'synth-elsewhere-'));
  try {
    const program = [import.meta.resolve('tsx'), repositoryFile('charts-ts/src/main.ts')];
    const out = path.join(folder, 'manifests');
    // In Turkish, a capital i has a dot: anything compared or cased by the machine's locale would differ.
    const env = { PATH: process.env.PATH, TZ: 'Asia/Kolkata', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' };
    await promisify(execFile)(process.execPath, ['--import', ...program, '--profile', 'kind', '--out', out], {
      cwd: folder,
      env,
    });
    expect(filesOf(out)).toEqual(filesOf(repositoryFile('dist')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The files of a folder: relative path → bytes in base64. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((file) => [path.relative(folder, file), readFileSync(file, 'base64')]));
}
