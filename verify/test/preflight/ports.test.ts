import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { freePort } from '@tidb-cdc/runtime/ports';
import { expect, onTestFinished, test } from 'vitest';
import { portProblems } from '../../src/preflight/ports.ts';

async function takenPort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

test('a port that is taken is named, with what to set', async () => {
  const port = await takenPort();
  const problems = await portProblems([{ port, instead: 'PORT_SQL=14000 in .env' }]);
  expect(problems).toMatchObject([{ what: expect.stringMatching(`^port ${port} is in use by `) }]);
  expect(problems[0]?.remedy).toMatch(/^stop that program.*, or set PORT_SQL=14000 in \.env$/);
});

test.skipIf(spawnSync('ss', ['-V']).error !== undefined)('the program that has it is named', async () => {
  const [problem] = await portProblems([{ port: await takenPort(), instead: '' }]);
  expect(problem?.what).toContain(`(process ${process.pid})`);
});

test('a free port is no problem', async () => {
  expect(await portProblems([{ port: await freePort(), instead: '' }])).toEqual([]);
});
