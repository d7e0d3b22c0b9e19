import { SettingsError } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { parseChaosOptions } from '../../src/chaos/options.ts';

test('a target alone is enough', () => {
  expect(parseChaosOptions(['--target', 'compose'])).toMatchObject({
    target: 'compose',
    durationMs: 60_000,
    timeoutMs: 300_000,
  });
});

test('every option is taken', () => {
  const args = '--target embedded --seconds 5 --seed 7 --timeout 9 --state-dir /a/b'.split(' ');
  expect(parseChaosOptions(args)).toEqual({
    target: 'embedded',
    durationMs: 5_000,
    seed: 7,
    timeoutMs: 9_000,
    stateDir: '/a/b',
  });
});

test('all that is wrong is said at once', () => {
  const parse = () => parseChaosOptions(['--target', 'kubernetes', '--seconds', '0', '--seed', '1x']);
  expect(parse).toThrow(SettingsError);
  expect(parse).toThrow("'--target' (kubernetes) must be one of: embedded, compose");
  expect(parse).toThrow("'--seconds' (0) must be a whole number from 1 to 86400");
});
