import { partNames, type SystemState } from '@tidb-cdc/runtime/system-state';
import { expect, test } from 'vitest';
import { endpointsOf } from '../src/endpoints.ts';
import { summarize } from '../src/summary.ts';
import { testContext } from './parts/context.ts';

function state(): SystemState {
  const context = testContext();
  const since = new Date().toISOString();
  return {
    pid: 1,
    startedAt: since,
    ready: true,
    complete: true,
    endpoints: endpointsOf(context),
    parts: partNames.map((name) => ({
      name,
      state: 'ready',
      detail: '',
      since,
      restarts: 0,
      logFile: `/logs/${name}.log`,
    })),
  };
}

test('tells where each part answers, its log, and what to type', () => {
  const text = summarize(state(), { stateDir: '/state', defaultStateDir: false });
  for (const name of partNames) expect(text).toMatch(new RegExp(`^${name} .*/logs/${name}\\.log$`, 'm'));
  expect(text).toContain('http://127.0.0.1:10080');
  expect(text).toContain('mysql -h 127.0.0.1 -P 6000 -u root shop');
  expect(text).toContain('npm run verify -- --target embedded --state-dir /state ');
});

test('shows no password', () => {
  expect(summarize(state(), { stateDir: '/state', defaultStateDir: true })).not.toContain('app-secret');
});
