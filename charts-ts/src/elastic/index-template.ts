import { defined } from '@tidb-cdc/runtime/defined';
import { dataStream } from '../pipeline.ts';

/** Data stream of the applications' own logs: those of the consumer and the jobs. */
export const logStream = 'cdc-logs';

export interface IndexTemplateOptions {
  /** Primary shards of each backing index. @default 1 */
  readonly shards?: number;
  /** Copies of each shard beside the primary. @default 0, for a single node */
  readonly replicas?: number;
  /**
   * How long documents are kept at least, such as `30d`: the data stream's lifecycle, which Elasticsearch has from
   * 8.14. @default none, for an older one, which would refuse the template
   */
  readonly retention?: string;
}

/** An index template as the job `install-index-template` reads it from its INDEX_TEMPLATE_FILE. */
export interface IndexTemplate {
  readonly name: string;
  /** Body of `PUT /_index_template/<name>`. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A row image: one field whatever columns there are, so that no table can reach Elasticsearch's limit of 1,000 fields.
 * Lucene refuses a document with a term over 32,766 bytes; 8,000 UTF-16 units of at most 3 bytes and a column's name
 * stay below. Longer values are kept in the document and cannot be searched.
 */
const rowImage = { type: 'flattened', ignore_above: 8000 } as const;

const keyword = { type: 'keyword', ignore_above: 8000 } as const;

/**
 * Index template of the events' data stream: an explicit mapping, everything else is stored and not indexed.
 * @throws Error where the retention is not a number of days, hours or minutes
 */
export function indexTemplate(options: IndexTemplateOptions = {}): IndexTemplate {
  // A search that names no field looks at what a person would look for, not at offsets and topics.
  const query = { default_field: ['event.id', 'event.action', 'cdc.table', 'cdc.primary_key', 'cdc.data', 'cdc.old'] };
  return template(dataStream, eventProperties, options, { query });
}

/**
 * Index template of the logs' data stream, in the fields of the Elastic Common Schema that consumer and jobs write.
 * @throws Error where the retention is not a number of days, hours or minutes
 */
export function logIndexTemplate(options: IndexTemplateOptions = {}): IndexTemplate {
  return template(logStream, logProperties, options, {});
}

function template(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  { shards = 1, replicas = 0, retention }: IndexTemplateOptions,
  settings: Readonly<Record<string, unknown>>,
): IndexTemplate {
  if (retention !== undefined && !/^[1-9]\d*[dhm]$/.test(retention)) {
    throw new Error(`'retention' (${retention}) must be a number of days, hours or minutes, such as 30d`);
  }
  return {
    name,
    body: {
      index_patterns: [name],
      priority: 500,
      data_stream: {},
      template: {
        settings: {
          index: { number_of_shards: shards, number_of_replicas: replicas, refresh_interval: '1s', ...settings },
        },
        mappings: { dynamic: false, properties },
        ...defined({ lifecycle: retention && { data_retention: retention } }),
      },
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
      truncated: { type: 'boolean' },
      source: { properties: { topic: keyword, partition: { type: 'integer' }, offset: { type: 'long' } } },
    },
  },
  // Filebeat ships a line that is not JSON too, and says why here.
  error: { properties: { message: { type: 'text' }, type: keyword } },
} as const;

const logProperties = {
  '@timestamp': { type: 'date' },
  log: { properties: { level: keyword, file: { properties: { path: keyword } } } },
  message: { type: 'text' },
  event: { properties: { dataset: keyword } },
  error: { properties: { message: { type: 'text' }, type: keyword, code: keyword } },
} as const;
