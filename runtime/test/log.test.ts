import { describe, expect, test } from 'vitest';
import { messageWithCauses } from '../src/log.ts';
import { runModule } from './support/run-module.ts';

describe('a line', () => {
  // In its own process: the logger writes to the real stdout.
  const { stdout } = runModule(`
    import { createLogger } from '@src/log.ts';
    const log = createLogger({ level: 'info', dataset: 'cdc.jobs' });
    log.debug('not wanted');
    log.warn({ topic: 'cdc-events' }, 'waiting');
    const cause = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    log.error({ error: new TypeError('cannot write', { cause }) }, 'failed');
    log.error({ error: cause });`);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

  test('has the field names of ECS', () => {
    expect(lines[0]).toEqual({
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      log: { level: 'warn' },
      event: { dataset: 'cdc.jobs' },
      topic: 'cdc-events',
      message: 'waiting',
    });
  });

  test('has an error with its type, its code and its causes', () => {
    expect(lines[1]).toMatchObject({
      error: { type: 'TypeError', message: 'cannot write: disk full', stack_trace: expect.stringContaining('    at ') },
    });
    expect(lines[2]).toMatchObject({ error: { message: 'disk full', code: 'ENOSPC' } });
  });

  test('is written from the level on that was asked for', () => {
    expect(lines).toHaveLength(3);
  });
});

describe('messageWithCauses', () => {
  test('joins the messages', () => {
    expect(messageWithCauses(new Error('a', { cause: new Error('b', { cause: 'c' }) }))).toBe('a: b: c');
  });

  test('does not repeat a cause that says the same', () => {
    expect(messageWithCauses(new Error('a', { cause: new Error('a') }))).toBe('a');
  });

  test('takes what is not an error', () => {
    expect(messageWithCauses('text')).toBe('text');
  });
});
