/** What the console's server and its page say to each other: nothing here needs Node.js or a browser. */
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { PartName, PartStatus } from '@tidb-cdc/runtime/system-state';

/** A part of the local processes, or of the system with TiDB and TiCDC. */
export type PartViewName = PartName | 'tidb' | 'ticdc';

/** `silent`: does not answer. `unknown`: who would know does not answer. */
export type PartViewState = PartStatus['state'] | 'silent' | 'unknown';

export interface PartView {
  name: PartViewName;
  state: PartViewState;
  /** What the part does or waits for at this moment, for people; may be empty. */
  detail: string;
  /** How often a supervisor started the part again after it died; 0 where there is none. */
  restarts: number;
  /** Path of the part's log, where this machine has it. */
  logFile?: string;
  /** Where the part answers, `host:port`; absent where it is only asked through others. */
  address?: string;
}

/** Seconds between a change's commit and its line in the event log. */
export interface Delay {
  p50: number;
  p95: number;
  p99: number;
  /** What the quantiles are over: the last minute, or everything since the consumer's start where that was silent. */
  over: 'last minute' | 'consumer start';
}

/** Figures of the consumer's own /metrics. */
export interface ConsumerFigures {
  /** Row changes counted. */
  events: number;
  /** null until there are two readings to compare. */
  eventsPerSecond: number | null;
  /** null while no change was ever timed. */
  delay: Delay | null;
  /** Messages in Kafka that the consumer has not read; null until it knows. */
  lag: number | null;
  /** Messages that the consumer has read, over all partitions; null until it knows. */
  messages: number | null;
  deadLetters: number;
  duplicates: number;
  schemaChanges: number;
  /** Seconds since the time of the last watermark; null where there are none: Canal sends none. */
  watermarkAge: number | null;
}

/** GET /api/state */
export interface StateAnswer {
  parts: readonly PartView[];
  /** null while the consumer does not answer. */
  consumer: ConsumerFigures | null;
  /** Documents in the data stream; null while Elasticsearch does not answer. */
  documents: number | null;
  /** As whom the SQL box runs, and what a person types to be root; null where there is no box. */
  sql: { appUser: string; rootClient: string | null } | null;
}

/** Column → text of the value, NULL as null. */
export type Row = Readonly<Record<string, string | null>>;

/** One row change as the page shows it. */
export interface EventView {
  id: string;
  /** Where this event stands in the order of the list: `before` of the page that follows it. */
  cursor: string;
  /** Sorts as the list does: the later of two events has the greater one, by plain comparison of its elements. */
  order: readonly (number | string)[];
  /** ISO 8601 */
  committedAt: string;
  /** schema.table */
  table: string;
  operation: Operation;
  /** {} where the table has none. */
  primaryKey: Row;
  /** Columns that an update changed. */
  changed: readonly string[];
  data: Row;
  old?: Row;
  /** The message named the row's key only: the row was too large for Kafka. */
  keysOnly: boolean;
  /** Values were cut: by the consumer to keep its line in bounds, or here to keep the page light. */
  cut: 'by the consumer' | 'for this page' | null;
  source: { topic: string; partition: number; offset: string };
  commitTs?: string;
}

/** GET /api/events */
export interface EventsAnswer {
  events: EventView[];
  /** Older events follow the last one. */
  more: boolean;
  /** Events that match in all. */
  total: number;
}

/** GET /api/tables: `schema.table` of every table with events, sorted. */
export interface TablesAnswer {
  tables: string[];
}

/** GET /api/operations */
export interface OperationsAnswer {
  /** Whole numbers; an operation that did not happen is 0. */
  counts: Record<Operation, number>;
  /** The PromQL that was asked. */
  query: string;
}

/** A message that the consumer could not decode. */
export interface DeadLetterView {
  /** Its place in the dead-letter topic. */
  partition: number;
  offset: string;
  /** ISO 8601, when it came there. */
  at: string;
  /** What the metric counts it by. */
  code: string;
  reason: string;
  /** Where it lay first; null where its headers do not say. */
  from: { topic: string; partition: number; offset: string } | null;
  /** As text, cut at 2,000 characters; null where it has none. */
  key: string | null;
  value: string | null;
  /** Bytes of the value. */
  bytes: number;
  /** Why it cannot be sent again; null where it can. */
  obstacle: string | null;
  /** ISO 8601; null where it was not sent again. */
  replayedAt: string | null;
}

/** GET /api/dead-letters */
export interface DeadLettersAnswer {
  /** The newest first. */
  letters: DeadLetterView[];
  /** The topic holds messages that were not looked at. */
  older: boolean;
  mayReplay: boolean;
}

/** POST /api/dead-letters/replay with `{partition, offset}`: where the message went. */
export interface ReplayAnswer {
  topic: string;
  partition: number;
}

/** A document that Elasticsearch refused. */
export interface RejectedView {
  id: string;
  /** ISO 8601; null where it has no time. */
  at: string | null;
  reason: string;
  /** As text, cut at 2,000 characters. */
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
      /** There are more rows than are shown. */
      more: boolean;
      milliseconds: number;
    }
  | { kind: 'done'; affectedRows: number; info: string; milliseconds: number };

/** POST /api/demo/{insert,update,delete} */
export interface DemoAnswer {
  orderId: string;
  /** One sentence on what was done. */
  did: string;
}

/** Body of every answer that is not 2xx. */
export interface ErrorAnswer {
  error: string;
  /** Error code of the database. */
  code?: string;
  remedy?: string;
}
