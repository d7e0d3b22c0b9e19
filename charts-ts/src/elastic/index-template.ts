import { dataStream } from '../pipeline.ts';

export interface IndexTemplateOptions {
  /** Primary shards of each backing index. @default 1 */
  readonly shards?: number;
  /** Copies of each shard beside the primary. @default 0, for a single node */
  readonly replicas?: number;
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

/** Index template of the events' data stream: an explicit mapping, everything else is stored and not indexed. */
export function indexTemplate(options: IndexTemplateOptions = {}): IndexTemplate {
  const { shards = 1, replicas = 0 } = options;
  return {
    name: dataStream,
    body: {
      index_patterns: [dataStream],
      priority: 500,
      data_stream: {},
      template: {
        settings: { index: { number_of_shards: shards, number_of_replicas: replicas, refresh_interval: '1s' } },
        mappings: { dynamic: false, properties: eventProperties },
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
