import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { freePort } from '@tidb-cdc/runtime/ports';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { lockEventLog } from '../src/event-log/lock.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program itself, without a broker. e2e tests it with one. */
async function startConsumer(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--import', 'tsx', path.resolve(import.meta.dirname, '../src/main.ts')], {
    cwd: import.meta.dirname,
    env: { ...process.env, KAFKA_BROKERS: `127.0.0.1:${await freePort()}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes;
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}

/** Returns settings for a new consumer in its own folder. */
async function newSettings() {
  const folder = await temporaryFolder();
  const HTTP_PORT = String(await freePort());
  return { HTTP_PORT, EVENT_LOG: path.join(folder, 'events.ndjson') };
}

async function answer(port: string, probe: string): Promise<[number, Record<string, unknown>]> {
  const response = await fetch(`http://127.0.0.1:${port}${probe}`);
  return [response.status, (await response.json()) as Record<string, unknown>];
}

const startUp = { timeout: 20_000, interval: 50 };
// Starting Node can be slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

test('wrong settings end it with 2 and a line each', async () => {
  const { ended } = await startConsumer({ HTTP_PORT: 'http', LOG_LEVEL: 'loud', EVENT_LOG: 'file' });
  expect(await ended).toEqual({
    code: 2,
    stdout: '',
    stderr: [
      'EVENT_LOG=file: must be the path of a file that ends in .ndjson',
      'HTTP_PORT=http: must be a whole number, from 1 to 65535',
      'LOG_LEVEL=loud: must be one of trace, debug, info, warn, error, fatal, silent',
      '',
    ].join('\n'),
  });
});

test('without a broker it is alive, not ready for a reason, serves metrics, and ends well by a signal', async () => {
  const settings = await newSettings();
  const { child, ended } = await startConsumer(settings);
  await vi.waitFor(async () => {
    expect(await answer(settings.HTTP_PORT, '/readyz')).toEqual([
      503,
      {
        status: 'unavailable',
        reason: expect.stringMatching(/^the consumer waits: KAFKA_BROKERS=127\.0\.0\.1:\d+: no answer/),
      },
    ]);
  }, startUp);
  expect((await answer(settings.HTTP_PORT, '/livez'))[0]).toBe(200);
  expect(await readlink(settings.EVENT_LOG)).toMatch(/^events\.000001-[0-9a-f]{8}\.ndjson$/);
  const scrape = await fetch(`http://127.0.0.1:${settings.HTTP_PORT}/metrics`, {
    headers: { accept: 'application/openmetrics-text' },
  });
  expect(await scrape.text()).toMatch(/^cdc_duplicate_events_created [\d.]+$/m);

  child.kill('SIGINT');
  // npm sends a second one, which must not interrupt the shutdown.
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await ended;
  expect([code, stderr]).toEqual([0, '']);
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as unknown;
  expect(last).toMatchObject({ message: 'consumer ended', event: { dataset: 'cdc.consumer' } });
});

describe('it ends with 1', () => {
  test('where its port is taken', async () => {
    const settings = await newSettings();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(settings.HTTP_PORT), '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { ended } = await startConsumer(settings);
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('set another HTTP_PORT') });
  });

  test('where another process writes its event log', async () => {
    const settings = await newSettings();
    const lock = await lockEventLog(settings.EVENT_LOG, recordedLog().log);
    onTestFinished(() => lock?.release());
    const { ended } = await startConsumer(settings);
    expect(await ended).toMatchObject({
      code: 1,
      stderr: `failed: EVENT_LOG=${settings.EVENT_LOG}: another consumer process writes this event log: end it, or give this one an event log of its own\n`,
    });
  });

  test('where its counter state is damaged', async () => {
    const settings = await newSettings();
    const state = settings.EVENT_LOG.replace('.ndjson', '.counts.json');
    await writeFile(state, '{"version":');
    const { ended } = await startConsumer(settings);
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`the counter state ${state} is damaged`),
    });
  });
});
