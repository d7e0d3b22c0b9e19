import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { RawDocument } from './panel-answers.ts';

/** A row of a table panel: column → value; a column without a value is absent. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Applies a table panel's transformations to documents, as Grafana's frontend does (its extractFields.ts,
 * filterByName.ts, convertFieldType.ts and organize.ts).
 * @throws Error for a transformation or option that is not implemented here
 */
export function tableRows(panel: Panel, query: string, documents: readonly RawDocument[]): readonly Row[] {
  const first: readonly Row[] = documents.map((document) => ({ [query]: document }));
  return (panel.transformations ?? []).reduce((rows, { id, options }) => {
    const transform = transformations[id];
    if (transform === undefined) throw new Error(`the transformation '${id}' of '${panel.title}' is not known here`);
    return rows.map((row) => transform(row, options as never));
  }, first);
}

const transformations: Readonly<Record<string, (row: Row, options: never) => Row>> = {
  extractFields: (row, { source, format, replace }: { source: string; format: string; replace: boolean }) => {
    if (format !== 'json' || replace) throw new Error(`extractFields with '${format}', replace ${replace}`);
    return { ...row, ...(row[source] as object | undefined) };
  },
  filterFieldsByName: (row, { include }: { include: { names: readonly string[] } }) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => include.names.includes(name))),
  convertFieldType: (row, { conversions }: { conversions: readonly Conversion[] }) => {
    const converted: Record<string, unknown> = { ...row };
    for (const { targetField, destinationType, joinWith } of conversions) {
      const value = converted[targetField];
      if (value !== undefined) converted[targetField] = convert(value, destinationType, joinWith);
    }
    return converted;
  },
  organize: (row, { indexByName, renameByName }: Organization) =>
    Object.fromEntries(
      Object.entries(row)
        .sort(([a], [b]) => (indexByName[a] ?? 0) - (indexByName[b] ?? 0))
        .map(([name, value]) => [renameByName[name] ?? name, value]),
    ),
};

interface Conversion {
  readonly targetField: string;
  readonly destinationType: string;
  readonly joinWith?: string;
}

interface Organization {
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Readonly<Record<string, string>>;
}

function convert(value: unknown, type: string, joinWith?: string): unknown {
  // Grafana takes a number as milliseconds, but would read a list of texts as year, month, day.
  if (type === 'time' && typeof value === 'number') return new Date(value).toISOString();
  if (type === 'string' && joinWith !== undefined && Array.isArray(value)) return value.join(joinWith);
  throw new Error(`${JSON.stringify(value)} cannot become a ${type}`);
}
