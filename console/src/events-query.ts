import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { ConsoleError } from './errors.ts';

/** Query parameters of GET /api/events. */
export interface EventsFilter {
  /** schema.table */
  table?: string;
  operation?: Operation;
  /** Every word must occur in the key or in a value, before or after the change; case is ignored. */
  text?: string;
  /** `cursor` of the event after which the page begins. */
  before?: string;
}

/** Events per page. */
export const pageSize = 50;

const maxWords = 8;

/** Matches our events only: Filebeat also ships lines that it could not parse. */
export const isEvent = { term: { 'event.dataset': 'cdc.events' } } as const;

/**
 * Newest first. Canal's commit times are whole seconds, so many events share one. Kafka's offset keeps the order within
 * a partition, and the id makes the order total, which paging needs.
 */
const newestFirst = ['@timestamp', 'cdc.source.offset', 'cdc.source.partition', 'event.id'].map((field) => ({
  [field]: { order: 'desc' },
}));

/** Body of Elasticsearch's _search for a filter. Requests one event more than a page, to see whether others follow. */
export function eventsQuery(filter: EventsFilter, size = pageSize): Readonly<Record<string, unknown>> {
  return {
    size: size + 1,
    track_total_hits: true,
    timeout: '2s',
    query: { bool: { filter: [isEvent, ...conditions(filter)] } },
    sort: newestFirst,
    ...(filter.before === undefined ? {} : { search_after: decodeCursor(filter.before) }),
  };
}

function conditions({ table, operation, text }: EventsFilter): unknown[] {
  const terms: unknown[] = [];
  if (table !== undefined) {
    const dot = table.indexOf('.');
    terms.push({ term: { 'cdc.schema': table.slice(0, dot) } }, { term: { 'cdc.table': table.slice(dot + 1) } });
  }
  if (operation !== undefined) terms.push({ term: { 'event.action': operation } });
  return [...terms, ...(text ?? '').split(/\s+/).filter(Boolean).map(anywhere)];
}

/**
 * A wildcard over all values of the row images: users search for parts of words, but each value is indexed as one term.
 */
function anywhere(word: string): unknown {
  const value = `*${word.replaceAll(/[\\*?]/g, '\\$&')}*`;
  const fields = ['cdc.primary_key', 'cdc.data', 'cdc.old'];
  return { bool: { should: fields.map((field) => ({ wildcard: { [field]: { value, case_insensitive: true } } })) } };
}

/**
 * Reads the filter from a query string.
 * @throws ConsoleError 400 naming the parameter and the rule
 */
export function readFilter(query: Readonly<Record<string, unknown>>): EventsFilter {
  const { table, operation, text, before } = query;
  const filter: EventsFilter = {};
  if (isGiven(table, 'table')) {
    if (!/^[^.]+\../.test(table)) refuse('table', table, 'it must be schema.table, such as shop.orders');
    filter.table = table;
  }
  if (isGiven(operation, 'operation')) {
    const known = operations.find((candidate) => candidate === operation);
    filter.operation = known ?? refuse('operation', operation, `it must be one of ${operations.join(', ')}`);
  }
  if (isGiven(text, 'text')) {
    if (text.length > 200 || text.trim().split(/\s+/).length > maxWords)
      refuse('text', text, `it may have at most ${maxWords} words and 200 characters`);
    filter.text = text;
  }
  if (isGiven(before, 'before')) {
    decodeCursor(before);
    filter.before = before;
  }
  return filter;
}

function isGiven(value: unknown, name: string): value is string {
  if (Array.isArray(value)) refuse(name, value.join(', '), 'it may be given once');
  return typeof value === 'string' && value !== '';
}

function refuse(name: string, value: string, rule: string): never {
  throw new ConsoleError(400, { error: `The parameter '${name}' (${value.slice(0, 100)}) is invalid: ${rule}.` });
}

/** Encodes an event's sort values for use in a query string. */
export function encodeCursor(sort: readonly (number | string)[]): string {
  return Buffer.from(JSON.stringify(sort)).toString('base64url');
}

function decodeCursor(cursor: string): (number | string)[] {
  const sort = parseJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(sort) || sort.map((value) => typeof value).join() !== 'number,number,number,string')
    refuse('before', cursor, 'it must be the cursor of an event');
  return sort;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
