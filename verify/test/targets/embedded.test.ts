import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partNames, type SystemState, writeSystemState } from '@tidb-cdc/runtime/system-state';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedTarget } from '../../src/targets/embedded.ts';

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'verify-target-'));
});

afterEach(() => rmSync(stateDir, { recursive: true }));

function state(changes: Partial<SystemState> = {}): SystemState {
  return {
    pid: process.pid,
    startedAt: '2025-01-01T00:00:00.000Z',
    ready: true,
    complete: true,
    endpoints: {
      sql: {
        host: '127.0.0.1',
        port: 4500,
        rootUser: 'root',
        appUser: 'shop_app',
        appPassword: 'secret',
        database: 'shop',
      },
      kafka: '127.0.0.1:9592',
      elasticsearch: 'http://127.0.0.1:9700',
      prometheus: 'http://127.0.0.1:9590',
      consumer: 'http://127.0.0.1:9964',
      filebeat: 'http://127.0.0.1:5566',
      console: 'http://127.0.0.1:8580',
      eventLog: '/events.ndjson',
    },
    parts: partNames.map((name) => ({ name, state: 'ready', detail: '', since: '', restarts: 0, logFile: '' })),
    ...changes,
  };
}

function open(options: { portOffset?: number } = {}) {
  return embeddedTarget({ stateDir, startTimeoutMs: 50, ...options }).open(() => undefined);
}

test('a complete system is asked as its application user', async () => {
  writeSystemState(stateDir, state());
  expect(await open({ portOffset: 500 })).toEqual({
    sql: { host: '127.0.0.1', port: 4500, user: 'shop_app', password: 'secret', database: 'shop' },
    consumer: 'http://127.0.0.1:9964',
    elasticsearch: 'http://127.0.0.1:9700',
    prometheus: 'http://127.0.0.1:9590',
  });
});

test('says how to start a system where none was, or where it has ended', async () => {
  await expect(open()).rejects.toThrow("system.json describes no running system: start one with 'npm start'");
  // No process has this pid: Linux assigns pids up to 2^22 only.
  writeSystemState(stateDir, state({ pid: 2 ** 22 + 1 }));
  await expect(open()).rejects.toThrow('describes no running system');
});

test('refuses a system with another port offset than the one asked for', async () => {
  writeSystemState(stateDir, state());
  await expect(open({ portOffset: 7 })).rejects.toThrow(/has port offset 500, not 7 as '--port-offset' says/);
});

test('waits for parts that are still on their way, and says which', async () => {
  const { parts } = state();
  const building = parts.map((part) =>
    part.name === 'filebeat' ? { ...part, state: 'fetching' as const, detail: 'building from source' } : part,
  );
  writeSystemState(stateDir, state({ complete: false, parts: building }));
  await expect(open()).rejects.toThrow(
    'gave up waiting for the whole embedded system after 0.05 s: filebeat is fetching building from source',
  );
});
