import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  brokers,
  commaSeparated,
  oneOf,
  port,
  positiveInteger,
  readEnvironment,
  SettingsError,
  url,
  wholeNumber,
} from '../src/environment.ts';
import { runModule } from './support/run-module.ts';

// Starting Node can be slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

function linesOf(schema: z.ZodObject, env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(schema, env);
  } catch (error) {
    if (error instanceof SettingsError) return error.lines;
    throw error;
  }
  return [];
}

describe('readEnvironment', () => {
  const schema = z.object({ SOME_PORT: port.default(1), SOME_LEVEL: oneOf(['low', 'high']).default('low') });

  test('takes what is set, defaults for the rest, and nothing that it was not asked for', () => {
    expect(readEnvironment(schema, { SOME_PORT: '4000', OTHER: 'x' })).toEqual({ SOME_PORT: 4000, SOME_LEVEL: 'low' });
  });

  test('takes an empty value for none', () => {
    expect(readEnvironment(schema, { SOME_PORT: '', SOME_LEVEL: 'high' })).toEqual({
      SOME_PORT: 1,
      SOME_LEVEL: 'high',
    });
  });

  test('has a line for each wrong setting', () => {
    expect(linesOf(schema, { SOME_PORT: '70000', SOME_LEVEL: 'medium' })).toEqual([
      'SOME_PORT=70000: must be a whole number, from 1 to 65535',
      'SOME_LEVEL=medium: must be one of low, high',
    ]);
  });

  test('names a setting that is required and not set', () => {
    expect(linesOf(z.object({ SOME_COUNT: positiveInteger }), {})).toEqual([
      'SOME_COUNT is not set: must be a whole number, at least 1',
    ]);
  });

  test('shows a value on one line, and no more of it than a reader needs', () => {
    expect(linesOf(schema, { SOME_PORT: 'a\nb', SOME_LEVEL: 'x'.repeat(100_000) })).toEqual([
      'SOME_PORT=a\\x0ab: must be a whole number, from 1 to 65535',
      `SOME_LEVEL=${'x'.repeat(200)}…: must be one of low, high`,
    ]);
  });

  test('shows no secret, neither by its name nor in a URL', () => {
    const secrets = z.object({ APP_PASSWORD: wholeNumber(1), SOME_URL: url });
    expect(linesOf(secrets, { APP_PASSWORD: 'hunter2', SOME_URL: 'ftp://user:hunter2@host' })).toEqual([
      'APP_PASSWORD=***: must be a whole number, at least 1',
      'SOME_URL=ftp://***@host: must be a URL that begins with http:// or https://',
    ]);
  });
});

describe('building blocks', () => {
  const wrong = (block: z.ZodType, text: string) => block.safeParse(text).success === false;

  test.each(['1', '4000', '65535'])('%s is a port', (text) => expect(port.parse(text)).toBe(Number(text)));
  test.each(['0', '65536', '-1', '1.5', '0x10', '1e3', ' 1', 'http'])('%s is not a port', (text) => {
    expect(wrong(port, text)).toBe(true);
  });

  test('a whole number is exact', () => {
    expect(wrong(positiveInteger, '9007199254740993')).toBe(true);
  });

  test('brokers are a list of addresses', () => {
    expect(brokers.parse('127.0.0.1:9092, kafka-0.kafka.cdc.svc:9093,[::1]:9092')).toEqual([
      '127.0.0.1:9092',
      'kafka-0.kafka.cdc.svc:9093',
      '[::1]:9092',
    ]);
  });
  test.each(['localhost', ':9092', 'a:b', 'a:9092,', 'a:99999', 'http://a:9092'])(
    '%s is not a list of brokers',
    (text) => {
      expect(wrong(brokers, text)).toBe(true);
    },
  );

  test('a URL loses the slash at its end', () => {
    expect(url.parse('http://127.0.0.1:9200/')).toBe('http://127.0.0.1:9200');
  });
  test.each(['127.0.0.1:9200', 'file:///etc', 'http://'])('%s is not a URL', (text) =>
    expect(wrong(url, text)).toBe(true),
  );

  test('words separated by commas have to fit each', () => {
    const words = commaSeparated(/^[a-z]+$/, 'must be words');
    expect(words.parse('a, b')).toEqual(['a', 'b']);
    expect(wrong(words, 'a,,b')).toBe(true);
  });
});

describe('runProgram', () => {
  const run = (main: string) => {
    return runModule(`import { runProgram, SettingsError } from '@src/environment.ts'; await runProgram(${main});`);
  };

  test('ends with 0 when main is done', () => {
    expect(run('async () => {}')).toMatchObject({ status: 0, stderr: '' });
  });

  test('ends with 2 and the lines of a SettingsError', () => {
    const main = `async () => { throw new SettingsError(['A=1: no', 'B=2: no']); }`;
    expect(run(main)).toMatchObject({ status: 2, stderr: 'A=1: no\nB=2: no\n' });
  });

  test('ends with 1 and the message of any other error, causes included', () => {
    const main = `async () => { throw new Error('no disk', { cause: new Error('ENOSPC') }); }`;
    expect(run(main)).toMatchObject({ status: 1, stderr: 'failed: no disk\n  caused by: ENOSPC\n' });
  });

  test('shows the stack of a fault of the program, and ends also what would keep it running', () => {
    const { status, stderr } = run('async () => { setInterval(() => {}, 1000); undefined.x; }');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^failed: TypeError: .*\n {4}at /);
  });
});
