import type { Logger } from '@tidb-cdc/runtime/log';
import { pino } from 'pino';

export interface RecordedLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Creates a pino logger that keeps its lines, parsed. */
export function recordedLog(): { log: Logger; lines: RecordedLine[] } {
  const lines: RecordedLine[] = [];
  const log = pino(
    { level: 'debug', base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  return { log, lines };
}
