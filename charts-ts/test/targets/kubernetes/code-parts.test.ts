import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { annotationLimit, lastAppliedBytes } from '../../../src/kit/kubernetes/object-size.ts';
import { clusterJobs } from '../../../src/pipeline.ts';
import { joinPartsProgram, splitBundle } from '../../../src/targets/kubernetes/code-parts.ts';
import { bundles } from '../../support/bundles.ts';
import { repositoryFile } from '../../support/profiles.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'code-parts-'));
  for (const name of ['parts', 'code']) mkdirSync(path.join(folder, name));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Lays the parts out as the kubelet does and runs the init container's program. */
function join(bundle: ReadonlyMap<string, string>): void {
  for (const [name, text] of splitBundle(bundle).flatMap((part) => Object.entries(part))) {
    writeFileSync(path.join(folder, 'parts', name), text);
  }
  const program = joinPartsProgram(path.join(folder, 'parts'), path.join(folder, 'code'));
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

function joined(name: string): string {
  return readFileSync(path.join(folder, 'code', name), 'utf8');
}

describe('splitBundle and joinProgram', () => {
  test('give a text back as it was, whatever its characters cost', () => {
    const text = `${'<'.repeat(300_000)}${'😀"\\\n'.repeat(40_000)}é`;
    const bundle = new Map([
      ['a.mjs', text],
      ['b.mjs', 'short'],
      ['c.mjs', 'x'.repeat(240_000)],
    ]);
    for (const data of splitBundle(bundle)) {
      expect(lastAppliedBytes({ data })).toBeLessThan(annotationLimit - 10_000);
    }
    join(bundle);
    expect(joined('a.mjs') === text).toBe(true);
    expect(joined('b.mjs')).toBe('short');
    expect(joined('c.mjs')).toHaveLength(240_000);
  });

  test('give the same where the init container runs a second time', () => {
    const bundle = new Map([['a.mjs', '<'.repeat(100_000)]]);
    join(bundle);
    join(bundle);
    expect(joined('a.mjs')).toHaveLength(100_000);
  });
});

describe('bundles', () => {
  test("carry no certificates of somebody's databases", () => {
    const carried = [...bundles.jobs.values(), ...bundles.consumer.values()];
    expect(carried.filter((text) => text.includes('BEGIN CERTIFICATE'))).toEqual([]);
  });

  test.each(clusterJobs)('holds %s, which runs on plain Node and says which settings it misses', (job) => {
    join(bundles.jobs);
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'code', `${job}.mjs`)], {
      encoding: 'utf8',
      env: { MIGRATIONS_DIR: '/nowhere', DATABASE_APP_PASSWORD: '', PATH: process.env.PATH ?? '' },
    });
    expect(stderr).toMatch(/^[A-Z_]+ is not set: must be /m);
    expect(status).toBe(2);
  });

  test.each(clusterJobs)('has %s in the image of the jobs too, which production runs', (job) => {
    const { scripts } = JSON.parse(readFileSync(repositoryFile('jobs/package.json'), 'utf8')) as {
      scripts: { build: string };
    };
    expect(scripts.build).toContain(` src/${job}.ts `);
  });

  test('holds the console and the page beside it', () => {
    join(bundles.console);
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'code', 'console.mjs')], {
      encoding: 'utf8',
      env: { HTTP_PORT: 'none', PATH: process.env.PATH ?? '' },
    });
    expect(stderr).toContain('HTTP_PORT=none: must be a whole number');
    expect(status).toBe(2);
    for (const name of ['index.html', 'app.js', 'app.css', 'favicon.svg']) {
      expect(joined(name) === bundles.console.get(name), name).toBe(true);
    }
  });

  test('holds the consumer', () => {
    join(bundles.consumer);
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'code', 'consumer.mjs')], {
      encoding: 'utf8',
      env: { HTTP_PORT: 'none', PATH: process.env.PATH ?? '' },
    });
    expect(stderr).toContain('HTTP_PORT=none: must be a whole number');
    expect(status).toBe(2);
  });
});
