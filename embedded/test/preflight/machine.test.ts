import { join } from 'node:path';
import { expect, test } from 'vitest';
import { occupyPort, scratchDir } from '../../../runtime/test/support/scratch.ts';
import { shiftPorts } from '../../src/options.ts';
import { checkDisk, checkPlatform, checkPorts, checkUser } from '../../src/preflight/machine.ts';

test('a port that another has is a problem that names port, part and remedy', async () => {
  const taken = await occupyPort();
  // The default ports may be in use here, so only the occupied port must be reported.
  const problems = await checkPorts({ ...shiftPorts(0), prometheus: taken });
  expect(problems).toContainEqual({
    what: `port ${taken}, for Prometheus, is in use`,
    remedy: expect.stringContaining('--port-offset'),
  });
});

test('runs on linux x64 only', () => {
  expect(checkPlatform('linux', 'x64')).toEqual([]);
  expect(checkPlatform('darwin', 'arm64')).toMatchObject([{ what: expect.stringContaining('darwin arm64') }]);
});

test.runIf(process.getuid?.() === 0)('root must be able to start a part as another user', () => {
  expect(checkUser({ parentDeathSignal: true, unprivileged: true })).toEqual([]);
  expect(checkUser({ parentDeathSignal: false, unprivileged: false })).toHaveLength(1);
});

test('room is looked for where the folder will be', () => {
  expect(checkDisk(join(scratchDir(), 'not', 'there', 'yet'), [])).toEqual([]);
  // /proc has no free space.
  expect(checkDisk('/proc', ['go', 'maven'])).toMatchObject([
    { what: '/proc has 0.0 GB free, but 11.0 GB are needed' },
  ]);
});
