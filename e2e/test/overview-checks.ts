import { expect } from 'vitest';
import type { Series } from '../src/monitoring/panel-answers.ts';

/** What a suite knows about the system when it checks the panels. */
export interface Known {
  /** The only selected table, as `schema.table`, with its changes in the last minutes. */
  readonly table: string;
  readonly changes: { readonly insert: number; readonly update: number; readonly delete: number };
  /** What the pie showed before those changes, less what has since left its hour. */
  readonly pieBefore: ReadonlyMap<string, number>;
  /** Undecodable messages in the last minutes. */
  readonly deadLetters: number;
  /** According to Prometheus's own list of alerts. */
  readonly firingAlerts: number;
}

type Check = (answers: readonly (readonly Series[])[], known: Known) => void;

/**
 * What each Prometheus panel of cdc-overview must show: panel → check of its queries' answers, in the queries' order.
 * The embedded system's source is Canal, which has no changefeed and sends no watermarks.
 */
export const overviewChecks: Readonly<Record<string, Check>> = {
  'Events per second': ([rate]) => expect(last(only(rate))).toBeGreaterThan(0),
  'Events in the last hour': ([events], { changes }) => expect(last(only(events))).toBe(sum(changes)),
  'Delay, p99': ([p99]) => expect(last(only(p99))).toBeGreaterThan(0),
  'Changefeed lag': ([lag]) => expect(lag).toEqual([]),
  'Consumer lag': ([lag]) => expect(last(only(lag))).toBe(0),
  'Dead letters': ([letters], { deadLetters }) => expect(last(only(letters))).toBe(deadLetters),
  'Parts down': ([parts]) => expect(last(only(parts))).toBe(0),
  'Alerts firing': ([alerts], { firingAlerts }) => expect(last(only(alerts))).toBe(firingAlerts),
  'Operations in the last hour': ([slices = []], { pieBefore, changes }) => {
    expect(slices.map(({ name }) => name).sort()).toEqual(['delete', 'insert', 'update']);
    const grown = slices.map((slice) => [slice.name, last(slice) - (pieBefore.get(slice.name) ?? 0)]);
    expect(Object.fromEntries(grown)).toEqual(changes);
  },
  'Tables in the last hour': ([slices], { table, changes }) => {
    expect(only(slices)).toMatchObject({ name: table, labels: labelsOf(table) });
    expect(last(only(slices))).toBe(sum(changes));
  },
  'Events per second by table and operation': ([rates = []], { table }) => {
    expect(rates.map(({ name }) => name).sort()).toEqual(
      ['delete', 'insert', 'update'].map((name) => `${table} ${name}`),
    );
    for (const rate of rates) {
      expect(rate.labels).toMatchObject(labelsOf(table));
      expect(Math.max(...rate.values), rate.name).toBeGreaterThan(0);
    }
  },
  'Delay from commit to log': (quantiles) => {
    expect(quantiles.map((series) => only(series).name)).toEqual(['p50', 'p95', 'p99']);
    const [p50 = 0, p95 = 0, p99 = 0] = quantiles.map((series) => last(only(series)));
    expect(p50).toBeGreaterThan(0);
    expect([p50, p95, p99]).toEqual([p50, p95, p99].sort((a, b) => a - b));
  },
  'Changefeed checkpoint lag': (lags) => expect(lags).toEqual([[], []]),
  'Consumer lag by partition': ([partitions = []]) => {
    expect(partitions.map(({ name }) => name).sort()).toEqual(['cdc-events/0', 'cdc-events/1', 'cdc-events/2']);
    for (const partition of partitions) expect(last(partition), partition.name).toBe(0);
  },
  'Watermark age': ([age]) => expect(age).toEqual([]),
  'State of every part': ([parts = []]) => {
    expect(parts.map(({ name }) => name)).toContain('consumer');
    for (const part of parts) expect(last(part), part.name).toBe(1);
  },
  Duplicates: ([duplicates]) => expect(last(only(duplicates))).toBeGreaterThanOrEqual(0),
  'Dead letters by reason': ([reasons = []]) => {
    const invalid = reasons.filter(({ labels }) => labels.reason === 'INVALID_JSON');
    expect(only(invalid).name).toBe('INVALID_JSON');
    expect(Math.max(...only(invalid).values)).toBeGreaterThan(0);
  },
  'Schema changes': ([changes]) => expect(Math.max(...only(changes).values)).toBeGreaterThan(0),
};

function only(series: readonly Series[] | undefined): Series {
  const [one, ...others] = series ?? [];
  if (one === undefined) throw new Error('the query gives nothing');
  expect(others, 'only one series is expected').toEqual([]);
  return one;
}

function last(series: Series): number {
  const value = series.values.at(-1);
  if (value === undefined) throw new Error(`'${series.name}' has no number`);
  return value;
}

function sum({ insert, update, delete: removed }: Known['changes']): number {
  return insert + update + removed;
}

function labelsOf(table: string): Readonly<Record<string, string>> {
  const [schema = '', name = ''] = table.split('.');
  return { schema, table: name };
}
