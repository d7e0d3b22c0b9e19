import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { synthKubernetes } from '../../../src/targets/kubernetes/synth.ts';
import { bundles } from '../../support/bundles.ts';

let out: string;

beforeEach(() => {
  out = mkdtempSync(path.join(tmpdir(), 'synth-'));
});

afterEach(() => rmSync(out, { recursive: true }));

describe('synthKubernetes', () => {
  test('writes a profile into a folder, and takes away what another profile left there', async () => {
    await synthKubernetes(bundles, { out });
    expect(readdirSync(out)).toContain('0000-crds.yaml');
    expect(await synthKubernetes(bundles, { profile: 'production', out })).toMatch(/: \d+ files written, \d+ removed$/);
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
    await expect(synthKubernetes(bundles, { profile: 'production', out })).rejects.toThrow(
      `--out=${out}: holds 'thesis.txt', which is no manifest of ours: name an empty folder`,
    );
    expect(readdirSync(out)).toEqual(['thesis.txt']);
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
