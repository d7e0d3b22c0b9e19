import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { synthExternal } from '../../../src/targets/compose/synth.ts';

let out: string;

beforeEach(() => {
  out = mkdtempSync(path.join(tmpdir(), 'synth-'));
});

afterEach(() => rmSync(out, { recursive: true }));

test('writes the rest into a folder, and takes away what an earlier mixture left there', async () => {
  await synthExternal('monitoring', out);
  expect(await synthExternal('kafka, elasticsearch', out)).toMatch(/: \d+ files written, [1-9]\d* removed$/);
  const { services } = parse(readFileSync(path.join(out, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, { build?: { context: string } }>;
  };
  expect(Object.keys(services)).toEqual(expect.arrayContaining(['tidb', 'ticdc', 'consumer', 'prometheus']));
  const context = path.resolve(out, services.consumer?.build?.context ?? '');
  expect(readFileSync(path.join(context, 'Dockerfile'), 'utf8')).toContain('FROM');
  expect(readFileSync(path.join(out, '.env.example'), 'utf8')).toContain(`/${path.basename(out)}/docker-compose.yml\n`);
});

test("refuses a system that is none, no folder, and a folder with somebody's own files", async () => {
  await expect(synthExternal('kafka,redis', out)).rejects.toThrow(
    "--external=kafka,redis: must be some of database, kafka, elasticsearch, monitoring, separated by commas; 'redis' is not one of them",
  );
  await expect(synthExternal('kafka', undefined)).rejects.toThrow('--external=kafka: needs --out <folder>');
  writeFileSync(path.join(out, 'thesis.txt'), '');
  await expect(synthExternal('kafka', out)).rejects.toThrow(`--out=${out}: holds 'thesis.txt'`);
});
