import { SettingsError } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { help, parseOptions, type VerifyOptions } from '../src/options.ts';

function parsed(...args: string[]): VerifyOptions {
  const options = parseOptions(args);
  if (options === 'help') throw new Error('asked for help');
  return options;
}

function problems(...args: string[]): readonly string[] {
  try {
    parseOptions(args);
  } catch (error) {
    if (error instanceof SettingsError) return error.lines;
    throw error;
  }
  return [];
}

test('a target alone is enough', () => {
  const options = parsed('--target', 'embedded');
  expect(options).toMatchObject({
    target: 'embedded',
    counts: { insert: 300, update: 200, delete: 100 },
    timeoutMs: 120_000,
  });
  expect(options.stateDir).toMatch(/\/\.state$/);
  expect(options).not.toHaveProperty('portOffset');
});

test('every option is taken', () => {
  const args = '--target embedded --inserts 40 --updates 30 --deletes 10 --seed 7 --timeout 9 --start-timeout 8 --wait';
  const options = parsed(...args.split(' '), '--state-dir', '/a/b', '--port-offset', '500');
  expect(options).toEqual({
    target: 'embedded',
    portOffset: 500,
    stateDir: '/a/b',
    counts: { insert: 40, update: 30, delete: 10 },
    seed: 7,
    timeoutMs: 9_000,
    startTimeoutMs: 8_000,
    wait: true,
  });
});

test('a system that is not there is waited for as long as it may be on its way', () => {
  expect(parsed('--target', 'compose').startTimeoutMs).toBe(60_000);
  expect(parsed('--target', 'compose', '--wait').startTimeoutMs).toBe(1_800_000);
  expect(parsed('--target', 'embedded').startTimeoutMs).toBe(1_800_000);
});

test('a profile is that of a cluster', () => {
  expect(parsed('--target', 'kubernetes', '--profile', 'production')).toMatchObject({ profile: 'production' });
  expect(problems('--target', 'compose', '--profile', 'production')).toEqual([
    "'--profile' (production) must be left out, or '--target' must be kubernetes",
  ]);
});

test('a run without a seed gets one of its own', () => {
  const seeds = new Set(Array.from({ length: 5 }, () => parsed('--target', 'embedded').seed));
  expect(seeds.size).toBeGreaterThan(1);
});

test('help is help, and names every option', () => {
  expect(parseOptions(['--help'])).toBe('help');
  for (const name of [
    'target',
    'inserts',
    'updates',
    'deletes',
    'seed',
    'timeout',
    'wait',
    'start-timeout',
    'profile',
    'state-dir',
    'port-offset',
  ]) {
    expect(help).toContain(`--${name} `);
  }
});

test.each([
  [[], ["'--target' (not given) must be one of: embedded"]],
  [['--target', 'cloud'], ["'--target' (cloud) must be one of: embedded"]],
  [['--target', 'embedded', '--seed', '-1'], [/seed/]],
  [['--target', 'embedded', '--timeout', '1.5'], ["'--timeout' (1.5) must be a whole number from 1 to 86400"]],
  [
    ['--target', 'embedded', '--inserts', '3'],
    [/'--inserts' \(3\) must be at least 25/, /'--deletes' \(100\) must be at most '--inserts' \(3\)/],
  ],
  [
    ['--target', 'embedded', '--deletes', '290'],
    ["'--deletes' (290) must be at most '--inserts' (300) minus 24 rows that are never deleted"],
  ],
  [['--target', 'embedded', '--colour', 'red'], [/--colour/]],
  [['--target', 'embedded', 'more'], [/more/]],
])('%j is refused with the rule', (args, expected) => {
  const lines = problems(...args);
  expect(lines).toHaveLength(expected.length);
  for (const [index, line] of expected.entries()) expect(lines[index]).toMatch(line);
});

test('all that is wrong is said at once', () => {
  expect(problems('--target', 'x', '--inserts', 'many', '--timeout', '0')).toHaveLength(3);
});
