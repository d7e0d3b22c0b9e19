import { parseArgs } from 'node:util';
import { type PortName, ports } from '@tidb-cdc/charts/pipeline';
import { defaultStateDir } from '@tidb-cdc/runtime/repository';
import { defaultCacheDir } from './paths.ts';

/** Options of `npm start`. */
export interface StartOptions {
  /** Added to every port. */
  readonly portOffset: number;
  readonly stateDir: string;
  readonly cacheDir: string;
  /** Remove the state folder before the start. */
  readonly fresh: boolean;
}

/** A wrong option. The message names the option, the value and the rule; the program ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const highestOffset = 65_535 - Math.max(...Object.values(ports));

/** All options, as `--help` prints them. */
export const help = `Runs the whole system as local processes that listen on loopback.

Usage: npm start [-- <options>]

  --port-offset <n>   add n to every port, 0 to ${highestOffset}  [0]
  --state-dir <dir>   folder for data, logs and settings  [.state in the repository]
  --cache-dir <dir>   folder for downloaded and built parts, shared by all clones
                      [tidb-cdc in $XDG_CACHE_HOME or ~/.cache]
  --fresh             remove the state folder first and start again; the cache stays
  --help              print this

A start continues with the data in the state folder. Ctrl-C stops everything.
Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 failed, 2 wrong option.
`;

/**
 * Parses the command line (without the program's name). Returns 'help' for `--help`.
 * @throws UsageError
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv = process.env): StartOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    portOffset: portOffset(values['port-offset'] ?? '0'),
    stateDir: folder('--state-dir', values['state-dir']) ?? defaultStateDir,
    cacheDir: folder('--cache-dir', values['cache-dir']) ?? defaultCacheDir(env),
    fresh: values.fresh ?? false,
  };
}

/** The default ports, each shifted by the offset. */
export function shiftPorts(offset: number): Readonly<Record<PortName, number>> {
  const shifted = Object.entries(ports).map(([name, port]) => [name, port + offset]);
  return Object.fromEntries(shifted) as Record<PortName, number>;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'port-offset': { type: 'string' },
        'state-dir': { type: 'string' },
        'cache-dir': { type: 'string' },
        fresh: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nAll options: npm start -- --help`);
  }
}

function portOffset(text: string): number {
  const offset = Number(text);
  if (!/^\d+$/.test(text) || offset > highestOffset) {
    throw new UsageError(`--port-offset '${text}' must be a whole number from 0 to ${highestOffset}`);
  }
  return offset;
}

function folder(option: string, path: string | undefined): string | undefined {
  if (path === '') throw new UsageError(`${option} '' must be the path of a folder`);
  return path;
}
