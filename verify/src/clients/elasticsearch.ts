import type { EventDocument } from '@tidb-cdc/consumer/event-document';
import { defined } from '@tidb-cdc/runtime/defined';
import { fetchText } from '@tidb-cdc/runtime/http';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { type Cells, cellKey } from '../cells.ts';

/** A query of Elasticsearch's Query DSL. */
export type Query = Readonly<Record<string, unknown>>;

/** A search hit. */
export interface Found {
  readonly id: string;
  readonly document: EventDocument;
}

/** Offsets of one partition, from `from` up to but not including `to`. */
export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Reads the event documents. */
export interface EventIndex {
  /** Makes all documents indexed so far visible to searches. */
  refresh(): Promise<void>;
  count(query: Query): Promise<number>;
  /** Counts documents by table and operation. */
  countCells(query: Query): Promise<Cells>;
  /** All documents that match, ordered by partition and offset. */
  search(query: Query): Promise<readonly Found[]>;
}

interface SearchAnswer {
  hits: { total: { value: number }; hits: { _id: string; _source: EventDocument; sort?: unknown[] }[] };
  aggregations?: { cells: { buckets: { key: CellSource; doc_count: number }[] } };
}

type CellSource = { schema: string; table: string; operation: Operation };

const pageSize = 2_000;
const mostCells = 5_000;

/** Reads the events behind an alias of the Elasticsearch at a base URL. A missing alias counts as empty. */
export function eventIndex(url: string, eventsAlias: string): EventIndex {
  const missingIsEmpty = 'ignore_unavailable=true&allow_no_indices=true';
  const search = async (body: Query): Promise<SearchAnswer> => {
    const text = await fetchText(`${url}/${eventsAlias}/_search?${missingIsEmpty}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ track_total_hits: true, ...body }),
    });
    return JSON.parse(text) as SearchAnswer;
  };
  return {
    async refresh() {
      await fetchText(`${url}/${eventsAlias}/_refresh?${missingIsEmpty}`, { method: 'POST' });
    },
    count: async (query) => (await search({ size: 0, query })).hits.total.value,
    async countCells(query) {
      const answer = await search({ size: 0, query, aggs: { cells: cellAggregation } });
      const buckets = answer.aggregations?.cells.buckets ?? [];
      if (buckets.length === mostCells)
        throw new Error(`more than ${mostCells} tables and operations cannot be counted`);
      return new Map(
        buckets.map(({ key, doc_count }) => [cellKey(`${key.schema}.${key.table}`, key.operation), doc_count]),
      );
    },
    async search(query) {
      const found: Found[] = [];
      let after: unknown[] | undefined;
      do {
        const page = await search({
          size: pageSize,
          query,
          sort: documentOrder,
          ...defined({ search_after: after }),
        });
        const hits = page.hits.hits;
        found.push(...hits.map((hit) => ({ id: hit._id, document: hit._source })));
        after = hits.length === pageSize ? hits.at(-1)?.sort : undefined;
      } while (after !== undefined);
      return found;
    },
  };
}

// `event.id` breaks ties between rows of one message, because it ends in their position; sorting by `_id` is not
// possible.
const documentOrder = ['cdc.source.partition', 'cdc.source.offset', 'event.id'];

const cellAggregation = {
  composite: {
    size: mostCells,
    sources: [
      { schema: { terms: { field: 'cdc.schema' } } },
      { table: { terms: { field: 'cdc.table' } } },
      { operation: { terms: { field: 'event.action' } } },
    ],
  },
};

/** Matches documents that match all queries. */
export function allOf(...filter: readonly Query[]): Query {
  return { bool: { filter } };
}

/** Matches documents that match at least one query. */
export function anyOf(...should: readonly Query[]): Query {
  return { bool: { should, minimum_should_match: 1 } };
}

/** Matches documents whose field has exactly this value. */
export function fieldIs(field: string, value: string | number | boolean): Query {
  return { term: { [field]: value } };
}

/** Matches documents of one table, given as `schema.table`. */
export function ofTable(table: string): Query {
  const [schema, name] = table.split('.', 2);
  if (schema === undefined || name === undefined) throw new Error(`'${table}' must be schema.table`);
  return allOf(fieldIs('cdc.schema', schema), fieldIs('cdc.table', name));
}

/** Matches documents whose message is in one of the ranges. */
export function inRanges(ranges: readonly OffsetRange[]): Query {
  if (ranges.length === 0) return { match_none: {} };
  return anyOf(
    ...ranges.map(({ topic, partition, from, to }) =>
      allOf(fieldIs('cdc.source.topic', topic), fieldIs('cdc.source.partition', partition), {
        range: { 'cdc.source.offset': { gte: from, lt: to } },
      }),
    ),
  );
}
