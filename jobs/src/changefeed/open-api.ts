import { z } from 'zod';
import { bodyText, type JsonAnswer, type JsonApi, requestJson } from '../http-json.ts';
import type { JsonObject } from '../template-difference.ts';
import type { ChangefeedDefinition } from './definition.ts';

/**
 * Errors that waiting cannot fix: the request itself is wrong. Any other error may pass, such as those while Kafka,
 * TiKV or TiCDC's owner starts (`CDC:ErrKafkaNewProducer`, `CDC:ErrPDEtcdAPIError`, `CDC:ErrServerIsNotReady`).
 * Names from tiflow v8.5.7, errors.toml.
 */
const finalCodes: ReadonlySet<string> = new Set([
  'CDC:ErrAPIInvalidParam',
  'CDC:ErrSinkURIInvalid',
  'CDC:ErrSinkUnknownProtocol',
  'CDC:ErrInvalidReplicaConfig',
  'CDC:ErrFilterRuleInvalid',
  'CDC:ErrTableIneligible',
  'CDC:ErrStartTsBeforeGC',
  'CDC:ErrTargetTsBeforeStartTs',
  'CDC:ErrCredentialNotFound',
  'CDC:ErrChangefeedUpdateRefused',
]);

/**
 * An answer from TiCDC that is not a success. `code` is TiCDC's `error_code`, or empty when the answer has none.
 * Decisions depend on it, never on the HTTP status: a missing changefeed is 400 and an existing one 500.
 */
export class TicdcError extends Error {
  override readonly name = 'TicdcError';
  readonly code: string;

  constructor(request: string, answer: JsonAnswer) {
    const parsed = errorBody.safeParse(answer.body);
    const reason = parsed.success
      ? `${parsed.data.error_code} ${parsed.data.error_msg}`
      : bodyText(answer).slice(0, 300);
    super(`TiCDC answered ${request} with ${answer.status}: ${reason.trim()}`);
    this.code = parsed.success ? parsed.data.error_code : '';
  }

  /** Whether the same request can never succeed. */
  get isFinal(): boolean {
    return finalCodes.has(this.code);
  }

  /** Whether TiCDC refuses an update because nothing would change. It has no separate code for that. */
  get changesNothing(): boolean {
    return this.code === 'CDC:ErrChangefeedUpdateRefused' && this.message.includes('same with the old one');
  }
}

const errorBody = z.object({ error_code: z.string(), error_msg: z.string() });

/** A changefeed as TiCDC describes it. The state is '' until an owner has looked at it. */
const changefeedBody = z.object({
  state: z.string().default(''),
  // A TSO does not fit a double exactly. The error is far below a millisecond, and we only check that it moves.
  checkpoint_ts: z.number(),
  sink_uri: z.string(),
  config: z.record(z.string(), z.unknown()),
  error: z.object({ addr: z.string(), code: z.string(), message: z.string() }).nullish(),
});
export type Changefeed = z.infer<typeof changefeedBody>;

/** Answer of `POST /api/v2/verify_table`. */
const verifiedTables = z.object({
  ineligible_tables: z
    .array(z.object({ database_name: z.string(), table_name: z.string() }))
    .nullish()
    .transform((tables) => tables ?? []),
});

/** Requests of TiCDC's Open API v2 for one changefeed. All throw a TicdcError for an answer that is not a success. */
export interface ChangefeedApi {
  /** Throws until TiCDC serves the API and its cluster has a healthy owner. */
  checkReady(): Promise<void>;
  /** Returns undefined when there is no such changefeed. */
  find(): Promise<Changefeed | undefined>;
  create(definition: ChangefeedDefinition): Promise<void>;
  /** For a stopped or failed changefeed only. A member missing from `replicaConfig` becomes zero, not the default. */
  update(sinkUri: string, replicaConfig: JsonObject): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Returns the tables that match the filter but that TiCDC does not capture, as `schema.table`: they have neither a
   * primary key nor a unique key without NULL.
   * @param at TSO at which TiCDC looks at the tables
   */
  ineligibleTables(replicaConfig: JsonObject, at: number): Promise<readonly string[]>;
}

/** Returns the requests to an endpoint for the changefeed with this id. */
export function changefeedApi(endpoint: JsonApi, id: string): ChangefeedApi {
  const path = `/api/v2/changefeeds/${encodeURIComponent(id)}`;
  const send = async (method: string, to: string, body?: unknown): Promise<unknown> => {
    const answer = await requestJson(endpoint, method, to, body);
    if (answer.status < 200 || answer.status > 299) throw new TicdcError(`${method} ${to}`, answer);
    return answer.body;
  };
  return {
    async checkReady() {
      await send('GET', '/status');
      await send('GET', '/api/v2/health');
    },
    async find() {
      try {
        return readChangefeed(await send('GET', path));
      } catch (error) {
        if (error instanceof TicdcError && error.code === 'CDC:ErrChangeFeedNotExists') return undefined;
        throw error;
      }
    },
    async create(definition) {
      await send('POST', '/api/v2/changefeeds', definition);
    },
    async update(sinkUri, replicaConfig) {
      await send('PUT', path, { sink_uri: sinkUri, replica_config: replicaConfig });
    },
    async pause() {
      await send('POST', `${path}/pause`, {});
    },
    async resume() {
      await send('POST', `${path}/resume`, {});
    },
    async ineligibleTables(replicaConfig, at) {
      const answer = await send('POST', '/api/v2/verify_table', { replica_config: replicaConfig, start_ts: at });
      const { ineligible_tables: tables } = verifiedTables.parse(answer);
      return tables.map(({ database_name: schema, table_name: table }) => `${schema}.${table}`);
    },
  };
}

function readChangefeed(body: unknown): Changefeed {
  const parsed = changefeedBody.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`TiCDC's answer is not a changefeed: ${JSON.stringify(body).slice(0, 300)}`);
}
