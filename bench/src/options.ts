import { parseArgs } from 'node:util';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import type { Benchmark } from './benchmark.ts';

/** Options of the command line. */
export interface BenchOptions {
  readonly benchmarks: readonly Benchmark[];
  readonly full: boolean;
  readonly runs: number;
  /** File that also gets the results, as JSON. */
  readonly json?: string;
}

/** The help text, with one line per benchmark. */
export function helpOf(all: readonly Benchmark[]): string {
  const lines = all.map(({ name, about, onlyFull }) => `  ${name.padEnd(14)} ${about}${onlyFull ? ' (--full)' : ''}`);
  return `Measures the system on this machine. Starts real servers on loopback and stops them afterwards.

Usage: npm run bench [-- <options> <name>...]

${lines.join('\n')}

Without a name, all benchmarks run that are not marked (--full): about ten minutes on two cores. Contenders take turns
and figures are medians, so other load on the machine slows all of them alike: compare figures within a run only.

  --full         run all benchmarks, in all sizes
  --runs <n>     rounds of each contender, 1 to 99  [3]
  --json <file>  also write the results to this file, as JSON
  --help         this text
`;
}

/** Parses the command line. Returns 'help' for `--help`. @throws SettingsError with all problems */
export function parseOptions(args: readonly string[], all: readonly Benchmark[]): BenchOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const runs = Number(values.runs);
  if (!/^[1-9]\d?$/.test(values.runs)) problems.push(`'--runs' (${values.runs}) must be a whole number from 1 to 99`);
  const named = positionals.flatMap((name) => {
    const found = all.find((benchmark) => benchmark.name === name);
    if (found !== undefined) return [found];
    problems.push(`'${name}' must be one of: ${all.map((benchmark) => benchmark.name).join(', ')}`);
    return [];
  });
  if (problems.length > 0) throw new SettingsError(problems);
  const benchmarks = positionals.length > 0 ? named : all.filter(({ onlyFull }) => values.full || !onlyFull);
  return { benchmarks, full: values.full, runs, ...(values.json === undefined ? {} : { json: values.json }) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        full: { type: 'boolean', default: false },
        runs: { type: 'string', default: '3' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new SettingsError([(error as Error).message]);
  }
}
