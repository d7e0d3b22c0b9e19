import type { EventDocument } from '@tidb-cdc/consumer/event-document';
import { defined } from '@tidb-cdc/runtime/defined';
import { eventsAlias } from '@tidb-cdc/runtime/names';
import { askForFewer, BackendError, fetchJson, type HttpPart } from './backend.ts';
import type { EventsAnswer, EventView, Row } from './contract.ts';
import { cut } from './cut.ts';
import { type EventsFilter, encodeCursor, eventsQuery, isEvent, pageSize } from './events-query.ts';

interface Hits {
  hits: { total: { value: number }; hits: { _id: string; _source: EventDocument; sort: (number | string)[] }[] };
}

interface TableBuckets {
  aggregations?: { schemas: { buckets: { key: string; tables: { buckets: { key: string }[] } }[] } };
}

/** Events per page when a full page would be too large. */
const fewerOnPage = 8;

/** No index exists before the first document. That is an empty result, not an error. */
export const mayBeMissing = 'ignore_unavailable=true&allow_no_indices=true';

/**
 * One page of events, newest first.
 * @throws BackendError when Elasticsearch gives no answer
 */
export async function findEvents(elasticsearch: HttpPart, filter: EventsFilter): Promise<EventsAnswer> {
  return askForFewer(pageSize, fewerOnPage, async (size) => {
    const { hits } = await search<Hits>(elasticsearch, eventsQuery(filter, size));
    return {
      events: hits.hits.slice(0, size).map(({ _id, _source, sort }) => eventView(_id, _source, sort)),
      more: hits.hits.length > size,
      total: hits.total.value,
    };
  });
}

/**
 * `schema.table` of every table that has events, sorted.
 * @throws BackendError when Elasticsearch gives no answer
 */
export async function findTables(elasticsearch: HttpPart): Promise<string[]> {
  const byName = (field: string, size: number) => ({ field, size, order: { _key: 'asc' } });
  const { aggregations } = await search<TableBuckets>(elasticsearch, {
    size: 0,
    query: isEvent,
    aggs: {
      schemas: { terms: byName('cdc.schema', 100), aggs: { tables: { terms: byName('cdc.table', 1000) } } },
    },
  });
  const schemas = aggregations?.schemas.buckets ?? [];
  return schemas.flatMap(({ key, tables }) => tables.buckets.map((table) => `${key}.${table.key}`));
}

/**
 * Number of event documents.
 * @throws BackendError when Elasticsearch gives no answer
 */
export async function countDocuments(elasticsearch: HttpPart): Promise<number> {
  const path = `/${eventsAlias}/_count?${mayBeMissing}`;
  const { count } = await fetchJson<{ count: number }>(elasticsearch, path, { body: { query: isEvent } });
  return count;
}

async function search<T>(elasticsearch: HttpPart, body: unknown): Promise<T> {
  const path = `/${eventsAlias}/_search?${mayBeMissing}`;
  const answer = await fetchJson<T & { timed_out: boolean }>(elasticsearch, path, { body });
  if (answer.timed_out) throw new BackendError('Elasticsearch took more than 2 s to search', {});
  return answer;
}

/** Converts a document for the page; truncates values to 2,000 characters. */
export function eventView(id: string, document: EventDocument, sort: readonly (number | string)[]): EventView {
  const { event, cdc } = document;
  const data = cutRow(cdc.data);
  const old = cdc.old === undefined ? undefined : cutRow(cdc.old);
  return {
    id,
    cursor: encodeCursor(sort),
    order: sort,
    committedAt: document['@timestamp'],
    table: `${cdc.schema}.${cdc.table}`,
    operation: event.action,
    primaryKey: cutRow(cdc.primary_key).row,
    changed: cdc.changed ?? [],
    data: data.row,
    keysOnly: cdc.keys_only ?? false,
    cut: cdc.truncated ? 'by the consumer' : data.cut || old?.cut ? 'for this page' : null,
    source: cdc.source,
    ...defined({ old: old?.row, commitTs: cdc.commit_ts }),
  };
}

/** Sorts columns by name: Filebeat does not keep the order of an object's fields. */
function cutRow(image: Row): { row: Row; cut: boolean } {
  let isCut = false;
  const row: Record<string, string | null> = {};
  for (const [column, value] of Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1))) {
    row[column] = value === null ? null : cut(value);
    isCut ||= row[column] !== value;
  }
  return { row, cut: isCut };
}
