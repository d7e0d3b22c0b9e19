import { describeProblems } from '@tidb-cdc/runtime/problem';
import { expect, test } from 'vitest';
import { occupyPort, scratchDir } from '../../../runtime/test/support/scratch.ts';
import { shiftPorts } from '../../src/options.ts';
import { preflight } from '../../src/preflight/preflight.ts';
import { isAtLeast } from '../../src/preflight/version.ts';

test('reports every problem at once', async () => {
  const [one, other] = [await occupyPort(), await occupyPort()];
  const problems = await preflight({
    ports: { ...shiftPorts(0), sql: one, console: other },
    cacheDir: '/proc',
    stateDir: scratchDir(),
    isolation: { parentDeathSignal: true, unprivileged: true },
    tools: [],
    known: [{ what: 'no JDK found', remedy: 'install one' }],
  });
  const what = problems.map((problem) => problem.what).join('\n');
  expect(what).toContain('no JDK found');
  expect(what).toContain(`port ${one}, for MariaDB, is in use`);
  expect(what).toContain(`port ${other}, for the console, is in use`);
  expect(what).toContain('/proc has 0.0 GB free');
});

test('a person reads each with its remedy', () => {
  const problem = { what: 'the door is closed', remedy: 'open it' };
  expect(describeProblems([problem])).toBe('The system cannot start: 1 problem.\n  the door is closed\n    → open it');
  expect(describeProblems([problem, problem])).toContain('2 problems.');
});

test.each([
  ['17.0.15', '17', true],
  ['20.9.0', '20.19', false],
  ['20.19', '20.19.0', true],
  ['3.10', '3.9.9', true],
  ['1.26.8', '1.27', false],
] as const)('%s is at least %s: %s', (version, wanted, result) => {
  expect(isAtLeast(version, wanted)).toBe(result);
});
