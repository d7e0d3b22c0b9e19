import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { synthKubernetes } from '../../../src/targets/kubernetes/synth.ts';
import { bundles } from '../../support/bundles.ts';
import { filledIn } from '../../support/profiles.ts';

let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'synth-'));
  out = path.join(folder, 'out');
  mkdirSync(out);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Path of the production profile with images filled in. */
function production(): string {
  const file = path.join(folder, 'production.yaml');
  writeFileSync(file, filledIn('production'));
  return file;
}

describe('synthKubernetes', () => {
  test('writes a profile into a folder, and takes away what another profile left there', async () => {
    await synthKubernetes(bundles, { out });
    expect(readdirSync(out)).toContain('0000-crds.yaml');
    expect(await synthKubernetes(bundles, { profile: production(), out })).toMatch(/: \d+ files written, \d+ removed$/);
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name).sort()).toEqual([
      '0000-namespace.yaml',
      '0001-platform.yaml',
      '0002-resources.yaml',
      '0003-changefeed.yaml',
    ]);
  });

  test("refuses a folder with somebody's own files", async () => {
    writeFileSync(path.join(out, 'thesis.txt'), '');
    await expect(synthKubernetes(bundles, { profile: production(), out })).rejects.toThrow(
      `--out=${out}: holds 'thesis.txt', which synth did not write: name an empty folder`,
    );
    expect(readdirSync(out)).toEqual(['thesis.txt']);
  });

  test.each(['production', 'external'])('refuses digests that nobody has filled in: %s', async (profile) => {
    const error = await synthKubernetes(bundles, { profile, out }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as SettingsError).lines).toEqual([
      expect.stringMatching(
        /programs\.consumer="registry\.example\/.*@sha256:0+": is a placeholder: .*put their digests in/,
      ),
    ]);
    expect(readdirSync(out)).toEqual([]);
  });

  test('keeps another profile than kind out of dist/', async () => {
    await expect(synthKubernetes(bundles, { profile: 'production' })).rejects.toThrow(
      '--profile=production: needs --out <folder>',
    );
  });

  test('names a profile that is not there', async () => {
    await expect(synthKubernetes(bundles, { profile: 'staging', out })).rejects.toThrow(
      /profile .*staging\.yaml: cannot be read/,
    );
  });
});
