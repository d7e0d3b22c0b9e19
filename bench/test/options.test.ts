import { SettingsError } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import type { Benchmark } from '../src/benchmark.ts';
import { helpOf, parseOptions } from '../src/options.ts';

const benchmark = (name: string, onlyFull = false): Benchmark => ({
  name,
  about: `about ${name}`,
  onlyFull,
  run: async () => [],
});
const all = [benchmark('decode'), benchmark('memory', true)];
const namesOf = (...args: string[]) => {
  const options = parseOptions(args, all);
  return options === 'help' ? options : options.benchmarks.map(({ name }) => name);
};

test('without a name those run that do not take long; --full and names bring the others', () => {
  expect(namesOf()).toEqual(['decode']);
  expect(namesOf('--full')).toEqual(['decode', 'memory']);
  expect(namesOf('memory')).toEqual(['memory']);
  expect(namesOf('--help')).toBe('help');
  expect(helpOf(all)).toContain('memory         about memory (--full)');
});

test('all that is wrong is said at once', () => {
  expect(() => parseOptions(['--runs', '0', 'speed'], all)).toThrow(
    new SettingsError(["'--runs' (0) must be a whole number from 1 to 99", "'speed' must be one of: decode, memory"]),
  );
  expect(() => parseOptions(['--fast'], all)).toThrow(SettingsError);
});
