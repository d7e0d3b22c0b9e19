import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenForStop } from '../src/stop-request.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s asks to stop', (signal) => {
  const emitter = new EventEmitter();
  const request = listenForStop(emitter);
  expect(request.stop.aborted).toBe(false);
  emitter.emit(signal);
  expect(request.stop.reason).toBe(signal);
  expect(request.kill.aborted).toBe(false);
});

test('a Ctrl-C that npm passes on a second time still counts as one; a later one kills', () => {
  const emitter = new EventEmitter();
  const request = listenForStop(emitter);
  emitter.emit('SIGINT');
  vi.advanceTimersByTime(300);
  emitter.emit('SIGINT');
  expect(request.kill.aborted).toBe(false);
  vi.advanceTimersByTime(1_000);
  emitter.emit('SIGINT');
  expect(request.kill.aborted).toBe(true);
});
