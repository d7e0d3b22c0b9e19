import { statSync } from 'node:fs';
import { partNames, readSystemState, systemStateFile } from '@tidb-cdc/runtime/system-state';
import { expect, test } from 'vitest';
import { scratchDir } from '../../runtime/test/support/scratch.ts';
import { endpointsOf } from '../src/endpoints.ts';
import { shiftPorts } from '../src/options.ts';
import { StatePaths } from '../src/paths.ts';
import { StatusBoard } from '../src/status-board.ts';

function board() {
  const stateDir = scratchDir();
  const changed: (string | undefined)[] = [];
  const paths = new StatePaths(stateDir);
  const secrets = { appPassword: 'secret', cdcPassword: 'other' };
  const made = new StatusBoard({
    stateDir,
    endpoints: endpointsOf({ paths, ports: shiftPorts(1000), secrets }),
    logFile: (name) => paths.log(name),
    onChange: (status) => changed.push(status?.name),
  });
  return { board: made, stateDir, changed };
}

test('the state file always has the whole state, for its owner only', () => {
  const { board: made, stateDir } = board();
  expect(readSystemState(stateDir)).toMatchObject({ pid: process.pid, ready: false, complete: false });
  expect(statSync(systemStateFile(stateDir)).mode & 0o777).toBe(0o600);
  made.set('kafka', { state: 'ready', pid: 7 });
  const state = readSystemState(stateDir);
  expect(state).toEqual(made.state);
  expect(state?.parts.map(({ name }) => name)).toEqual([...partNames]);
  expect(state?.endpoints).toMatchObject({ kafka: '127.0.0.1:10092', consumer: 'http://127.0.0.1:10464' });
});

test('ready without the parts that may still be built, complete with all, neither before the seed', () => {
  const { board: made } = board();
  for (const name of partNames) if (name !== 'filebeat' && name !== 'prometheus') made.set(name, { state: 'ready' });
  expect(made.state).toMatchObject({ ready: false, complete: false });
  made.markSeeded();
  expect(made.state).toMatchObject({ ready: true, complete: false });
  for (const name of ['filebeat', 'prometheus'] as const) made.set(name, { state: 'ready' });
  expect(made.state).toMatchObject({ ready: true, complete: true });
  made.set('canal', { state: 'restarting', restarted: true });
  expect(made.state).toMatchObject({ ready: false, complete: false });
});

test('counts restarts, keeps the time of a state, forgets the process of a part that has none', () => {
  const { board: made, changed } = board();
  made.set('canal', { state: 'ready', pid: 5 });
  const { since } = made.part('canal');
  made.set('canal', { state: 'ready', pid: 5, detail: 'still' });
  expect(made.part('canal')).toMatchObject({ since, pid: 5, detail: 'still', restarts: 0 });
  made.set('canal', { state: 'restarting', restarted: true });
  expect(made.part('canal')).toMatchObject({ restarts: 1, detail: '' });
  expect(made.part('canal')).not.toHaveProperty('pid');
  expect(changed).toEqual(['canal', 'canal', 'canal']);
});
