import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobs-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a job as a user would, without any setting from this process's environment. */
function run(job: string, env: Record<string, string>, args: string[] = []) {
  return runFile(join(root, 'jobs/src', `${job}.ts`), env, args);
}

async function runFile(file: string, env: Record<string, string>, args: string[] = []) {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

describe('a job with wrong settings ends with exit code 2 and a line for each of them', () => {
  test('migrate-database', async () => {
    const env = { DATABASE_NAME: 'shop_2', DATABASE_PORT: 'x', DATABASE_ADMIN_PASSWORD: 'secret', MIGRATIONS_DIR: '' };
    const { code, stderr } = await run('migrate-database', env);
    expect(code).toBe(2);
    expect(stderr.split('\n').sort()).toEqual([
      '',
      'DATABASE_APP_PASSWORD is not set: must be the password of the application account',
      'DATABASE_NAME=shop_2: must be lower-case letters and digits, beginning with a letter',
      'DATABASE_PORT=x: must be a whole number, from 1 to 65535',
    ]);
  });

  test('migrate-database with half of the replication account', async () => {
    const env = { DATABASE_APP_PASSWORD: 'a', DATABASE_CDC_USER: 'cdc' };
    const { code, stderr } = await run('migrate-database', env);
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_CDC_PASSWORD is not set');
  });

  test('create-topic', async () => {
    const file = join(folder, 'topics.json');
    await writeFile(file, '[{"topic": "cdc events", "partitions": 0, "replicationFactor": 1, "partition": 3}]');
    const { code, stderr } = await run('create-topic', { TOPICS_FILE: file });
    expect(code).toBe(2);
    expect(stderr).toContain(`TOPICS_FILE=${file}: [0].topic="cdc events": must be`);
    expect(stderr).toContain(`TOPICS_FILE=${file}: [0].partitions=0:`);
    expect(stderr).toContain('"partition"');
  });

  test('install-index-template', async () => {
    const env = { ELASTICSEARCH_URL: 'http://elastic:secret@localhost:9200', INDEX_TEMPLATE_FILE: 'none.json' };
    const { code, stderr } = await run('install-index-template', env);
    expect(code).toBe(2);
    expect(stderr).toContain('must not hold a user: set ELASTICSEARCH_USERNAME');
    expect(stderr).not.toContain('secret');
  });

  test('seed-database', async () => {
    const env = { DATABASE_APP_PASSWORD: 'a', SEED_FILE: join(folder, 'none.sql') };
    const { code, stderr } = await run('seed-database', env);
    expect(code).toBe(2);
    expect(stderr).toContain(`SEED_FILE=${join(folder, 'none.sql')}: cannot be read`);
  });

  test('generate-workload', async () => {
    const { code, stderr } = await run('generate-workload', { DATABASE_APP_PASSWORD: 'a', WORKLOAD_RATE: '0' });
    expect(code).toBe(2);
    expect(stderr).toBe('WORKLOAD_RATE=0: must be a whole number, at least 1\n');
  });
});

describe('a job', () => {
  test('takes no arguments and names its settings', async () => {
    const { code, stderr } = await run('seed-database', { DATABASE_APP_PASSWORD: 'a' }, ['--force']);
    expect(code).toBe(2);
    expect(stderr).toContain("unexpected argument '--force'");
    expect(stderr).toContain('DATABASE_APP_PASSWORD');
  });

  test('runs when it is started through a symbolic link, as files of a ConfigMap are', async () => {
    const link = join(folder, 'linked.ts');
    await symlink(join(root, 'jobs/src/seed-database.ts'), link);
    const { code, stderr } = await runFile(link, {});
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_APP_PASSWORD is not set');
  });

  test('gives up after the bound, with exit code 1 and no password in what it prints', async () => {
    // port 1 is reserved, so nothing answers there
    const env = { DATABASE_PORT: '1', DATABASE_APP_PASSWORD: 'do-not-print', WAIT_TIMEOUT_SECONDS: '1' };
    const { code, stdout, stderr } = await run('seed-database', env);
    expect(code).toBe(1);
    expect(stderr).toContain('gave up waiting for the tables of shop at 127.0.0.1:1 as shop_app after 1 s');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      event: { dataset: 'cdc.jobs' },
      log: { level: 'info' },
      message: expect.stringContaining('waiting for the tables of shop at 127.0.0.1:1 as shop_app (0 of 1 s)'),
    });
    expect(stdout + stderr).not.toContain('do-not-print');
  });

  test('does not run when another module imports it', async () => {
    const importer = join(folder, 'importer.mts');
    await writeFile(
      importer,
      `await import(${JSON.stringify(join(root, 'jobs/src/seed-database.ts'))}); console.log('imported');`,
    );
    expect(await runFile(importer, {})).toEqual({ code: 0, stdout: 'imported\n', stderr: '' });
  });
});
