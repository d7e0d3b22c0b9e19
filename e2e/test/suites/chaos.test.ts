import { expect, test } from 'vitest';
import { runToEnd } from '../../src/program.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();

test('parts are killed and frozen at random while rows are written: all agree', async () => {
  const args = ['--target', 'embedded', '--state-dir', stage.system.stateDir, '--seconds', '30', '--seed', '20261125'];
  const { code, output } = await runToEnd('verify/src/chaos/main.ts', { args, timeoutMs: 400_000 });
  expect(Number(/^(\d+) faults$/m.exec(output)?.[1]), output).toBeGreaterThan(2);
  expect(output).toContain('all agree');
  expect(code).toBe(0);
  await stage.system.waitUntilComplete(120_000);
});
