import { z } from 'zod';
import { bodyText, type JsonAnswer, type JsonApi, requestJson } from '../http-json.ts';
import type { JsonObject } from '../template-difference.ts';
import type { ChangefeedDefinition } from './definition.ts';

/**
 * Errors that waiting cannot fix: the request itself is wrong. Every other one may pass, as it does while Kafka, TiKV
 * or TiCDC's owner are not up yet (`CDC:ErrKafkaNewProducer`, `CDC:ErrPDEtcdAPIError`, `CDC:ErrServerIsNotReady`).
 * The names are those of tiflow v8.5.7, errors.toml.
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
 * An answer of TiCDC that is not a success. `code` is TiCDC's `error_code`, empty where the answer has none. Decisions
 * hang on it, never on the HTTP status: a missing changefeed is 400 and an existing one 500.
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

  /** Whether it refuses an update because nothing would change; TiCDC has no code of its own for that. */
  get changesNothing(): boolean {
    return this.code === 'CDC:ErrChangefeedUpdateRefused' && this.message.includes('same with the old one');
  }
}

const errorBody = z.object({ error_code: z.string(), error_msg: z.string() });

/** A changefeed as TiCDC describes it. A state of '' is one that no owner has looked at yet. */
const changefeedBody = z.object({
  state: z.string().default(''),
  // A TSO is larger than a double holds exactly; what is lost is far below the millisecond, and only movement is asked.
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
  /** undefined where there is no such changefeed */
  find(): Promise<Changefeed | undefined>;
  create(definition: ChangefeedDefinition): Promise<void>;
  /** Only of a changefeed that is stopped or failed. What `replicaConfig` leaves out becomes zero, not the default. */
  update(sinkUri: string, replicaConfig: JsonObject): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Tables that the filter captures and TiCDC leaves out, as `schema.table`: they have neither a primary key nor a unique
   * key without NULL.
   * @param at the tables as they were at this TSO
   */
  ineligibleTables(replicaConfig: JsonObject, at: number): Promise<readonly string[]>;
}

/** The API at an endpoint for the changefeed of this id. */
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
