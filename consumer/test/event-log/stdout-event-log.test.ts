import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EventLogLostError } from '../../src/event-log/event-log.ts';
import { StdoutEventLog } from '../../src/event-log/stdout-event-log.ts';
import { documentOf, offsetsIn } from '../support/documents.ts';

/** The pipe into a real process. */
function pipeInto(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('writes the lines of a batch in their order', async () => {
  const child = pipeInto('cat', []);
  const received: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => received.push(bytes));
  const log = new StdoutEventLog(child.stdin);
  for (let offset = 0; offset < 500; offset++) log.append(documentOf(offset, 'y'.repeat(1_000)));
  await log.flush();
  child.stdin.end();
  await once(child, 'close');
  expect(offsetsIn(Buffer.concat(received).toString())).toEqual([...Array(500).keys()]);
});

test('a flush is done only when the pipe has taken all of it', async () => {
  const child = pipeInto('sh', ['-c', 'kill -STOP $$; exec cat > /dev/null']);
  await vi.waitFor(() => expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toContain('(sh) T '));
  const log = new StdoutEventLog(child.stdin);
  log.append(documentOf(1, 'y'.repeat(1_000_000)));
  let flushed = false;
  const flushing = log.flush().then(() => {
    flushed = true;
  });
  await setImmediate();
  expect(flushed).toBe(false);

  child.kill('SIGCONT');
  await flushing;
  expect(child.stdin.writableLength).toBe(0);
});

test('a reader that has gone away ends the log', async () => {
  const child = pipeInto('true', []);
  child.stdin.on('error', () => undefined);
  await once(child, 'close');
  const log = new StdoutEventLog(child.stdin);
  log.append(documentOf(1));
  await expect(log.flush()).rejects.toThrow(EventLogLostError);
});

test('a discarded line is not written with the next', async () => {
  const child = pipeInto('cat', []);
  const received: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => received.push(bytes));
  const log = new StdoutEventLog(child.stdin);
  log.append(documentOf(1));
  log.discard();
  log.append(documentOf(2));
  await log.flush();
  child.stdin.end();
  await once(child, 'close');
  expect(offsetsIn(Buffer.concat(received).toString())).toEqual([2]);
});
