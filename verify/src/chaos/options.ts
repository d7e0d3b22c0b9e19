import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { randomSeed } from '@tidb-cdc/jobs/shop/random';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { defaultStateDir } from '@tidb-cdc/runtime/repository';

export const chaosTargets = ['embedded', 'compose'] as const;

/** Options of the command line. */
export interface ChaosOptions {
  readonly target: (typeof chaosTargets)[number];
  readonly durationMs: number;
  readonly seed: number;
  readonly stateDir: string;
  readonly timeoutMs: number;
}

export const help = `Usage: npm run chaos -- --target TARGET [options]

Kills and freezes random parts of a running system while it writes rows, then reconciles them as verify does: rows
written, the consumer's counter, the documents, the pie. Do not run it on a system that others use.
It spares the database: after an interrupted statement nobody knows whether the statement took effect.
Exit code 0: all agree; 1: they do not; 2: wrong usage.

  --target TARGET       where the system runs: ${chaosTargets.join(', ')}
  --seconds N           how long faults happen (60)
  --seed N              repeats the faults and rows of an earlier run (a new one each time)
  --timeout SECONDS     how long changes may take to arrive after the last fault (300)
  --state-dir DIR       embedded: folder of the system's state (.state)
  --help                this text
`;

const options = {
  target: { type: 'string' },
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string' },
  timeout: { type: 'string', default: '300' },
  'state-dir': { type: 'string', default: defaultStateDir },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Parses the command line. Returns 'help' for `--help`.
 * @throws SettingsError with all problems
 */
export function parseChaosOptions(args: readonly string[]): ChaosOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const number = (name: 'seconds' | 'seed' | 'timeout', least: number, most: number): number => {
    const text = String(values[name]);
    if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    problems.push(`'--${name}' (${text}) must be a whole number from ${least} to ${most}`);
    return least;
  };
  const target = chaosTargets.find((name) => name === values.target);
  if (target === undefined)
    problems.push(`'--target' (${values.target ?? 'not given'}) must be one of: ${chaosTargets.join(', ')}`);
  const durationMs = number('seconds', 1, 86_400) * 1000;
  const seed = values.seed === undefined ? randomSeed() : number('seed', 0, 2 ** 32 - 1);
  const timeoutMs = number('timeout', 1, 86_400) * 1000;
  if (target === undefined || problems.length > 0) throw new SettingsError(problems);
  return { target, durationMs, seed, stateDir: resolve(values['state-dir']), timeoutMs };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // node:util says in one sentence which argument breaks which rule.
    throw new SettingsError([error instanceof Error ? error.message : String(error)]);
  }
}
