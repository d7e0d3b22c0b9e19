import { dailyIndices, eventsAlias, rejectedIndex } from '../pipeline.ts';

export interface IndexTemplateOptions {
  /** Primary shards of each index. @default 1 */
  readonly shards?: number;
  /** Copies of each shard beside the primary; `auto` is one where there is a second node. @default 0, for a single node */
  readonly replicas?: number | 'auto';
  /** How long documents are kept at least, such as `30d`. @default for ever, for an Elasticsearch without lifecycles */
  readonly retention?: string;
}

/** What is installed under a name: the body of `PUT /_index_template/<name>` or `PUT /_ilm/policy/<name>`. */
export interface Named {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A user of Elasticsearch, and rights it must have. */
export interface Writer {
  /** @default whoever the job has the login of */
  readonly username?: string;
  /** As `roles.yml` takes them. */
  readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
}

/** What the job `install-index-template` reads from its INDEX_TEMPLATE_FILE. */
export interface IndexTemplates {
  /** Who is going to write, where Elasticsearch asks for a login: the job fails while a right is missing. */
  readonly writer?: Writer;
  readonly lifecycles: readonly Named[];
  readonly templates: readonly Named[];
}

/**
 * A row image: one field whatever columns there are, so that no table can reach Elasticsearch's limit of 1,000 fields.
 * Lucene refuses a document with a term over 32,766 bytes; 8,000 UTF-16 units of at most 3 bytes and a column's name
 * stay below. Longer values are kept in the document and cannot be searched.
 */
const rowImage = { type: 'flattened', ignore_above: 8000 } as const;

const keyword = { type: 'keyword', ignore_above: 8000 } as const;

/**
 * What holds the events: an index for each commit day behind the alias `cdc-events`, and the index of the documents that
 * were refused. `_id` is unique within one index only, so where a change goes must follow from the change itself: its
 * commit day, and not the day of its arrival.
 * @throws Error where the retention is not a number of days
 */
export function indexTemplates(options: IndexTemplateOptions = {}): IndexTemplates {
  const { retention } = options;
  // A search that names no field looks at what a person would look for, not at offsets and topics.
  const query = { default_field: ['event.id', 'event.action', 'cdc.table', 'cdc.primary_key', 'cdc.data', 'cdc.old'] };
  const lifecycle = { name: eventsAlias, parse_origination_date: true };
  const events = template(dailyIndices, eventProperties, options, {
    query,
    ...(retention === undefined ? {} : { lifecycle }),
  });
  return {
    lifecycles: retention === undefined ? [] : [deletion(eventsAlias, daysOf(retention))],
    templates: [
      { name: eventsAlias, body: { ...events, template: { ...events.template, aliases: { [eventsAlias]: {} } } } },
      { name: rejectedIndex, body: template(rejectedIndex, rejectedProperties, options, {}) },
    ],
  };
}

/**
 * Deletes an index of a commit day when its last change is so old. Elasticsearch counts from the beginning of the day in
 * the index's name (`parse_origination_date`): a replay that makes the index of an old day again does not keep it longer.
 */
function deletion(name: string, days: number): Named {
  const actions = { delete: { delete_searchable_snapshot: true } };
  return { name, body: { policy: { phases: { delete: { min_age: `${days + 1}d`, actions } } } } };
}

function daysOf(retention: string): number {
  if (/^[1-9]\d*d$/.test(retention)) return Number.parseInt(retention, 10);
  throw new Error(`'retention' (${retention}) must be a number of days, such as 30d`);
}

function template(
  pattern: string,
  properties: Readonly<Record<string, unknown>>,
  { shards = 1, replicas = 0 }: IndexTemplateOptions,
  settings: Readonly<Record<string, unknown>>,
) {
  return {
    index_patterns: [pattern],
    priority: 500,
    template: {
      settings: {
        index: {
          number_of_shards: shards,
          ...(replicas === 'auto' ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas }),
          refresh_interval: '500ms',
          ...settings,
        },
      },
      mappings: { dynamic: false, properties },
    },
  };
}

const eventProperties = {
  '@timestamp': { type: 'date' },
  event: { properties: { id: keyword, action: keyword, dataset: keyword } },
  cdc: {
    properties: {
      schema: keyword,
      table: keyword,
      primary_key: rowImage,
      // A TSO is below 2^63, so `long` holds it exactly.
      commit_ts: { type: 'long' },
      data: rowImage,
      old: rowImage,
      changed: keyword,
      keys_only: { type: 'boolean' },
      looked_up: { type: 'boolean' },
      truncated: { type: 'boolean' },
      source: { properties: { topic: keyword, partition: { type: 'integer' }, offset: { type: 'long' } } },
    },
  },
  // Filebeat ships a line that is not JSON too, and says why here.
  error: { properties: { message: { type: 'text' }, type: keyword } },
} as const;

const rejectedProperties = {
  '@timestamp': { type: 'date' },
  // The whole document as text.
  message: { type: 'text' },
  error: { properties: { message: { type: 'text' }, type: keyword } },
} as const;
