import { groupMembers } from '@tidb-cdc/runtime/process-identity';
import { expect, test } from 'vitest';
import { eventually, killAfterTest, scratchDir } from '../../../runtime/test/support/scratch.ts';
import { runTool } from '../../src/fetch/run-tool.ts';

const never = new AbortController().signal;

test('passes the lines of output and error on', async () => {
  const lines: string[] = [];
  await runTool({
    command: ['sh', '-c', 'echo "$WORD"; echo two >&2'],
    cwd: scratchDir(),
    env: { WORD: 'one' },
    onLine: (line) => lines.push(line),
    signal: never,
  });
  expect(lines.sort()).toEqual(['one', 'two']);
});

test('a failure has the command, the exit code and the last lines', async () => {
  const run = (script: string) =>
    runTool({ command: ['sh', '-c', script], cwd: scratchDir(), onLine: () => {}, signal: never });
  await expect(run('seq 100; exit 7')).rejects.toThrow(
    /sh -c seq 100; exit 7 failed \(exit code 7\):\n {2}76\n[\s\S]*100$/,
  );
  const missing = runTool({ command: ['no-such-tool'], cwd: scratchDir(), onLine: () => {}, signal: never });
  await expect(missing).rejects.toThrow('no-such-tool');
});

test('the signal ends the tool and what it started', async () => {
  const controller = new AbortController();
  let group = 0;
  const run = runTool({
    command: ['sh', '-c', 'sleep 60 & echo $$; wait'],
    cwd: scratchDir(),
    onLine: (line) => {
      group = Number(line);
      killAfterTest(group);
      controller.abort(new Error('no longer wanted'));
    },
    signal: controller.signal,
  });
  await expect(run).rejects.toThrow('no longer wanted');
  await eventually('the end of both', () => groupMembers(group).length === 0);
});
