import { expect, test } from 'vitest';
import { lockFolder } from '../../src/compose/engine.ts';

const silent = (): void => undefined;

test('two engines never have a folder at once: the second waits, says for whom, and gives up at its bound', async () => {
  const folder = `/nowhere/docker-${process.pid}`;
  const first = await lockFolder(folder, silent);
  const said: string[] = [];
  await expect(lockFolder(folder, (line) => said.push(line), 600)).rejects.toThrow(
    `process ${process.pid} kept ${folder} for 0.01 minutes: end it`,
  );
  expect(said).toEqual([`waiting for process ${process.pid}, which runs a Docker engine in ${folder}`]);
  await first.release();
  await (await lockFolder(folder, silent)).release();
});
