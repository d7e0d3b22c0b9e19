/** The messages between the console's server and its page. Nothing here needs Node.js or a browser. */
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { PartName, PartStatus } from '@tidb-cdc/runtime/system-state';

/** A part of the embedded system, or of the system with TiDB and TiCDC. */
export type PartViewName = PartName | 'tidb' | 'ticdc';

/** `silent`: does not respond. `unknown`: the part that reports its state does not respond. */
export type PartViewState = PartStatus['state'] | 'silent' | 'unknown';

export interface PartView {
  name: PartViewName;
  state: PartViewState;
  /** What the part currently does or waits for, in words; may be empty. */
  detail: string;
  /** How often the supervisor restarted the part after it died; 0 without a supervisor. */
  restarts: number;
  /** Path of the part's log, if it is on this machine. */
  logFile?: string;
  /** Address as `host:port`; absent for a part that the console does not call directly. */
  address?: string;
}

/** Seconds between a change's commit and its line in the event log. */
export interface Delay {
  p50: number;
  p95: number;
  p99: number;
  /** The period of the quantiles: the last minute or, if it had no changes, everything since the consumer's start. */
  over: 'last minute' | 'consumer start';
}

/** Figures from the consumer's /metrics. */
export interface ConsumerFigures {
  /** Row changes counted. */
  events: number;
  /** null until there are two readings to compare. */
  eventsPerSecond: number | null;
  /** null until the first change has been timed. */
  delay: Delay | null;
  /** Messages in Kafka that the consumer has not read; null while unknown. */
  lag: number | null;
  /** Messages that the consumer has read, over all partitions; null while unknown. */
  messages: number | null;
  deadLetters: number;
  duplicates: number;
  schemaChanges: number;
  /** Age of the last watermark in seconds; null without watermarks (Canal sends none). */
  watermarkAge: number | null;
}

/** GET /api/state */
export interface StateAnswer {
  parts: readonly PartView[];
  /** null while the consumer does not respond. */
  consumer: ConsumerFigures | null;
  /** Number of event documents; null while Elasticsearch does not respond. */
  documents: number | null;
  /** The SQL box's user, and the command that opens a client as root; null without a SQL box. */
  sql: { appUser: string; rootClient: string | null } | null;
}

/** Column → text of the value, NULL as null. */
export type Row = Readonly<Record<string, string | null>>;

/** One row change as the page shows it. */
export interface EventView {
  id: string;
  /** Position of this event in the list: `before` of the next page. */
  cursor: string;
  /** Sort key of the list, compared element by element. The later of two events has the greater key. */
  order: readonly (number | string)[];
  /** ISO 8601 */
  committedAt: string;
  /** schema.table */
  table: string;
  operation: Operation;
  /** {} when the table has no primary key. */
  primaryKey: Row;
  /** Columns that an update changed. */
  changed: readonly string[];
  data: Row;
  old?: Row;
  /** The message has only the row's key, because the row was too large for Kafka. */
  keysOnly: boolean;
  /**
   * Values were truncated: by the consumer to limit the length of its line, or here to limit the size of the answer.
   */
  cut: 'by the consumer' | 'for this page' | null;
  source: { topic: string; partition: number; offset: string };
  commitTs?: string;
}

/** GET /api/events */
export interface EventsAnswer {
  events: EventView[];
  /** Whether there are older events after the last one. */
  more: boolean;
  /** Number of all matching events. */
  total: number;
}

/** GET /api/tables: `schema.table` of every table with events, sorted. */
export interface TablesAnswer {
  tables: string[];
}

/** GET /api/operations */
export interface OperationsAnswer {
  /** Whole numbers; 0 for an operation that did not happen. */
  counts: Record<Operation, number>;
  /** The PromQL query. */
  query: string;
}

/** A message that the consumer could not decode. */
export interface DeadLetterView {
  /** Its position in the dead-letter topic. */
  partition: number;
  offset: string;
  /** ISO 8601; when it was written there. */
  at: string;
  /** Error code; a label of the metric. */
  code: string;
  reason: string;
  /** Its original position; null when its headers do not have it. */
  from: { topic: string; partition: number; offset: string } | null;
  /** As text, truncated to 2,000 characters; null when there is none. */
  key: string | null;
  value: string | null;
  /** Length of the value in bytes. */
  bytes: number;
  /** Why it cannot be replayed; null when it can. */
  obstacle: string | null;
  /** ISO 8601; null when it was not replayed. */
  replayedAt: string | null;
}

/** GET /api/dead-letters */
export interface DeadLettersAnswer {
  /** The newest first. */
  letters: DeadLetterView[];
  /** Whether the topic has older messages that were not read. */
  older: boolean;
  canReplay: boolean;
}

/** POST /api/dead-letters/replay with `{partition, offset}`: the topic and partition that the message was sent to. */
export interface ReplayAnswer {
  topic: string;
  partition: number;
}

/** A document that Elasticsearch refused. */
export interface RejectedView {
  id: string;
  /** ISO 8601; null when the document has no time. */
  at: string | null;
  reason: string;
  /** As text, truncated to 2,000 characters. */
  document: string;
}

/** GET /api/rejected */
export interface RejectedAnswer {
  /** The newest first. */
  documents: RejectedView[];
  total: number;
}

/** POST /api/sql */
export type SqlAnswer =
  | {
      kind: 'rows';
      columns: string[];
      rows: (string | null)[][];
      /** Whether there are more rows than these. */
      more: boolean;
      milliseconds: number;
    }
  | { kind: 'done'; affectedRows: number; info: string; milliseconds: number };

/** POST /api/demo/{insert,update,delete} */
export interface DemoAnswer {
  orderId: string;
  /** What was done, in one sentence. */
  did: string;
}

/** Body of every response that is not 2xx. */
export interface ErrorAnswer {
  error: string;
  /** Error code of the database. */
  code?: string;
  remedy?: string;
}
