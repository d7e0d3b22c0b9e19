import { dailyIndices, eventsAlias, rejectedIndex } from '../pipeline.ts';

export interface IndexTemplateOptions {
  /** Primary shards of each index. @default 1 */
  readonly shards?: number;
  /** Replicas of each shard; `auto` is one if there is a second node. @default 0, for a single node */
  readonly replicas?: number | 'auto';
  /** Minimum time that documents are kept, such as `30d`. @default for ever, for an Elasticsearch without lifecycles */
  readonly retention?: string;
}

/** A named object to install: the body of `PUT /_index_template/<name>` or `PUT /_ilm/policy/<name>`. */
export interface Named {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A user of Elasticsearch and the rights it must have. */
export interface Writer {
  /** @default the user whose login the job has */
  readonly username?: string;
  /** In the format of `roles.yml`. */
  readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
}

/** What the job `install-index-template` reads from its INDEX_TEMPLATE_FILE. */
export interface IndexTemplates {
  /** The user that will write, if Elasticsearch requires a login. The job fails while it lacks a right. */
  readonly writer?: Writer;
  readonly lifecycles: readonly Named[];
  readonly templates: readonly Named[];
}

/**
 * A row image. It is one field for all columns, so that no table can reach Elasticsearch's limit of 1,000 fields.
 * Lucene refuses a document with a term over 32,766 bytes; 8,000 UTF-16 units of at most 3 bytes plus a column's name
 * stay below. Longer values are stored in the document but cannot be searched.
 */
const rowImage = { type: 'flattened', ignore_above: 8000 } as const;

const keyword = { type: 'keyword', ignore_above: 8000 } as const;

/**
 * Templates of the indices: one index per commit day behind the alias `cdc-events`, and the index of refused documents.
 * `_id` is unique only within an index, so the index must follow from the change itself: from its commit day, not from
 * the day of its arrival.
 * @throws Error if the retention is not a number of days
 */
export function indexTemplates(options: IndexTemplateOptions = {}): IndexTemplates {
  const { retention } = options;
  // A search without a field name searches what people look for, not offsets and topics.
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
 * Deletes a daily index when its last change has this age. Elasticsearch counts from the start of the day in the
 * index's name (`parse_origination_date`), so a replay that creates the index of an old day again does not keep it
 * longer.
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
  // Filebeat also ships lines that are not JSON, with the parser's error here.
  error: { properties: { message: { type: 'text' }, type: keyword } },
} as const;

const rejectedProperties = {
  '@timestamp': { type: 'date' },
  // The whole document as text.
  message: { type: 'text' },
  error: { properties: { message: { type: 'text' }, type: keyword } },
} as const;
