import { expect, test } from 'vitest';
import { runToEnd, startProgram, waitForOutput } from '../src/program.ts';

test('gives the exit code and all output of a program', async () => {
  const { code, signal, output } = await runToEnd('verify/src/main.ts', { args: ['--help'] });
  expect({ code, signal }).toEqual({ code: 0, signal: undefined });
  expect(output).toContain('Usage: npm run verify');
});

test('hands over settings, and tells a signal that ended it', async () => {
  const env = { KAFKA_BROKERS: '127.0.0.1:1', HTTP_PORT: '1', EVENT_LOG: 'x' };
  const failing = startProgram('consumer/src/main.ts', { env });
  await waitForOutput(failing, /EVENT_LOG=x: must be/, 30_000);
  expect((await failing.ended).code).toBe(2);

  const killed = startProgram('verify/src/main.ts', { args: ['--help'] });
  killed.kill('SIGKILL');
  expect(await killed.ended).toMatchObject({ code: undefined, signal: 'SIGKILL' });
});
