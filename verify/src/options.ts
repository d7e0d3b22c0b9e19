import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { randomSeed } from '@tidb-cdc/jobs/shop/random';
import { defined } from '@tidb-cdc/runtime/defined';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { defaultStateDir } from '@tidb-cdc/runtime/repository';
import { type MixCounts, mixProblems } from './mix.ts';

export const targetNames = ['embedded', 'compose', 'kubernetes'] as const;

export type TargetName = (typeof targetNames)[number];

/** Options of the command line. */
export interface VerifyOptions {
  readonly target: TargetName;
  readonly portOffset?: number;
  /** Name or path of the profile whose manifests the cluster has. */
  readonly profile?: string;
  readonly stateDir: string;
  readonly counts: MixCounts;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly startTimeoutMs: number;
  /** Whether the system is still being set up, so that a refusal may be temporary. */
  readonly wait: boolean;
}

export const help = `Usage: npm run verify -- --target TARGET [options]

Writes rows through SQL and reconciles them with the consumer's counter, the documents in Elasticsearch and the pie's
query in Prometheus. Others may write at the same time, but must not change the rows of this run.
Exit code 0: all agree; 1: they do not; 2: wrong usage.

  --target TARGET           where the system runs: ${targetNames.join(', ')}
  --inserts N               rows to insert (300)
  --updates N               rows to update (200)
  --deletes N               rows to delete (100)
  --seed N                  repeats the random values of an earlier run (a new one each time)
  --timeout SECONDS         how long changes may take to arrive (120)
  --wait                    during setup: wait up to half an hour for parts that do not answer or refuse the login
  --start-timeout SECONDS   how long parts may still be starting or being built (60; 1800 with --wait, and embedded)
  --profile NAME            kubernetes: the profile that the cluster has, by its name or its path (kind)
  --state-dir DIR           embedded: folder of the system's state (.state)
  --port-offset N           embedded: fail unless the system was started with this offset
  --help                    this text
`;

const options = {
  target: { type: 'string' },
  inserts: { type: 'string', default: '300' },
  updates: { type: 'string', default: '200' },
  deletes: { type: 'string', default: '100' },
  seed: { type: 'string' },
  timeout: { type: 'string', default: '120' },
  wait: { type: 'boolean', default: false },
  'start-timeout': { type: 'string' },
  profile: { type: 'string' },
  'state-dir': { type: 'string', default: defaultStateDir },
  'port-offset': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Parses the command line. Returns 'help' for `--help`.
 * @throws SettingsError with all problems
 */
export function parseOptions(args: readonly string[]): VerifyOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const number = (name: keyof typeof values, least: number, most: number): number => {
    const text = String(values[name]);
    if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    problems.push(`'--${name}' (${text}) must be a whole number from ${least} to ${most}`);
    return least;
  };
  const target = targetNames.find((name) => name === values.target);
  if (target === undefined)
    problems.push(`'--target' (${values.target ?? 'not given'}) must be one of: ${targetNames.join(', ')}`);
  const most = 100_000;
  const counts = {
    insert: number('inserts', 0, most),
    update: number('updates', 0, most),
    delete: number('deletes', 0, most),
  };
  const seed = values.seed === undefined ? randomSeed() : number('seed', 0, 2 ** 32 - 1);
  const timeoutMs = number('timeout', 1, 86_400) * 1000;
  const { wait } = values;
  // The embedded system reports whether its parts are still starting, so waiting long is safe.
  values['start-timeout'] ??= wait || target === 'embedded' ? '1800' : '60';
  const startTimeoutMs = number('start-timeout', 1, 86_400) * 1000;
  const portOffset = values['port-offset'] === undefined ? {} : { portOffset: number('port-offset', 0, 55_000) };
  const { profile } = values;
  if (profile !== undefined && target !== 'kubernetes') {
    problems.push(`'--profile' (${profile}) must be left out, or '--target' must be kubernetes`);
  }
  if (problems.length === 0) problems.push(...mixProblems(counts));
  if (target === undefined || problems.length > 0) throw new SettingsError(problems);
  const stateDir = resolve(values['state-dir']);
  return { target, ...portOffset, ...defined({ profile }), stateDir, counts, seed, timeoutMs, startTimeoutMs, wait };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // node:util says in one sentence which argument breaks which rule.
    throw new SettingsError([error instanceof Error ? error.message : String(error)]);
  }
}
