import { defaultStateDir } from '@tidb-cdc/runtime/repository';
import { describe, expect, test } from 'vitest';
import { help, parseOptions, shiftPorts, UsageError } from '../src/options.ts';

describe('parseOptions', () => {
  test('defaults: no offset, the state beside the sources, the cache where the user keeps caches', () => {
    expect(parseOptions([], { XDG_CACHE_HOME: '/caches' })).toEqual({
      portOffset: 0,
      stateDir: defaultStateDir,
      cacheDir: '/caches/tidb-cdc',
      fresh: false,
    });
  });

  test('takes no notice of a relative XDG_CACHE_HOME, as the specification says', () => {
    expect(parseOptions([], { XDG_CACHE_HOME: 'caches' })).toMatchObject({
      cacheDir: expect.stringMatching(/^\/.*\/\.cache\/tidb-cdc$/),
    });
  });

  test('takes every option', () => {
    const args = ['--port-offset', '3000', '--state-dir', '/s', '--cache-dir=/c', '--fresh'];
    expect(parseOptions(args)).toEqual({ portOffset: 3000, stateDir: '/s', cacheDir: '/c', fresh: true });
  });

  test.each(['-1', '1.5', 'x', '', '56072'])('refuses --port-offset=%s and says the rule', (value) => {
    const parse = () => parseOptions([`--port-offset=${value}`]);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(`--port-offset '${value}' must be a whole number from 0 to 56071`);
  });

  test.each([['--state-dir='], ['--cache-dir='], ['--unknown'], ['stray']])('refuses %s', (argument) => {
    expect(() => parseOptions([argument])).toThrow(UsageError);
  });

  test('help names every option', () => {
    expect(parseOptions(['--help'])).toBe('help');
    for (const option of ['--port-offset', '--state-dir', '--cache-dir', '--fresh', '--help']) {
      expect(help).toContain(option);
    }
  });
});

test('an offset shifts every port', () => {
  expect(shiftPorts(3000)).toMatchObject({ sql: 7000, kafka: 12092, console: 11080 });
});
