import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import type { Logger } from '@tidb-cdc/runtime/log';
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { ClaimCheck } from './claim-check/claim-check.ts';
import { type Increment, tableIncrements } from './counts.ts';
import type { DeadLetter } from './dead-letters.ts';
import { type EventDocument, toEventDocument } from './event-document.ts';
import { fitDocument } from './fit-document.ts';
import { DecodeError } from './protocols/decode-error.ts';
import type { Decoder } from './protocols/decoder.ts';
import type { DecodedMessage, RowChange } from './protocols/message.ts';

export interface BatchSource {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
}

export interface DecodeOptions {
  readonly decoder: Decoder;
  /** Where large rows are completed; undefined where they stay as they come. */
  readonly claimCheck?: ClaimCheck | undefined;
  /** Rows of messages before this offset are counted as duplicates. */
  readonly nextNew: number;
  /** Bound on the line of an event, in bytes. */
  readonly maxLineBytes: number;
  /** Takes the events, in the order of their messages. */
  readonly append: (document: EventDocument) => void;
  readonly log: Logger;
}

/** What a batch holds besides the events that were appended. */
export interface DecodedBatch {
  readonly increments: readonly Increment[];
  readonly deadLetters: DeadLetter[];
  /** Commit time of each row, ms since the epoch. */
  readonly commitTimes: readonly number[];
  /** The last watermark of the batch, ms since the epoch. */
  readonly watermark?: number;
}

const maxLoggedSql = 2_000;

/** Decodes a batch: events go to `append`, all else is returned. */
export async function decodeBatch(
  { topic, partition, messages }: BatchSource,
  options: DecodeOptions,
): Promise<DecodedBatch> {
  const tables = new Map<string, Record<Operation, number>>();
  const deadLetters: DeadLetter[] = [];
  const commitTimes: number[] = [];
  let duplicates = 0;
  let schemaChanges = 0;
  let watermark: number | undefined;

  for (const message of messages) {
    const place = { topic, partition };
    let decoded = decodeOrReject(() => options.decoder.decode(place, message));
    // Ordinary messages take no turn of the event loop.
    if (!(decoded instanceof DecodeError) && options.claimCheck?.isFor(decoded)) {
      decoded = await options.claimCheck.redeem(decoded, place, message).catch(rejected);
    }
    if (decoded instanceof DecodeError) {
      deadLetters.push({ code: decoded.code, reason: decoded.message, topic, partition, message });
      continue;
    }
    switch (decoded.kind) {
      case 'rows':
        decoded.rows.forEach((change, row) => {
          const document = toEventDocument(change, { topic, partition, offset: message.offset, row });
          options.append(fitDocument(document, options.maxLineBytes));
          countRow(tables, change);
          commitTimes.push(change.committedAt);
        });
        if (Number(message.offset) < options.nextNew) duplicates += decoded.rows.length;
        break;
      case 'schema-change':
        schemaChanges += 1;
        logSchemaChange(options.log, decoded, { topic, partition, offset: message.offset });
        break;
      case 'watermark':
        watermark = decoded.reachedAt;
        break;
      case 'table-schema':
        break;
      case 'statement':
        options.log.debug({ type: decoded.type, sql: decoded.sql.slice(0, maxLoggedSql) }, 'a statement without rows');
    }
  }

  return {
    increments: [
      ...[...tables].flatMap(([tablename, byOperation]) => tableIncrements(tablename, byOperation)),
      ...deadLetters.map(({ code }) => deadLetterIncrement(code)),
      { counter: 'cdc_duplicate_events_total', labels: {}, by: duplicates },
      { counter: 'cdc_schema_changes_total', labels: {}, by: schemaChanges },
    ],
    deadLetters,
    commitTimes,
    ...(watermark === undefined ? {} : { watermark }),
  };
}

function decodeOrReject(decode: () => DecodedMessage): DecodedMessage | DecodeError {
  try {
    return decode();
  } catch (error) {
    return rejected(error);
  }
}

function rejected(error: unknown): DecodeError {
  if (error instanceof DecodeError) return error;
  throw error;
}

function countRow(tables: Map<string, Record<Operation, number>>, { schema, table, operation }: RowChange): void {
  const tablename = `${schema}.${table}`;
  const counts = tables.get(tablename) ?? { insert: 0, update: 0, delete: 0 };
  counts[operation] += 1;
  tables.set(tablename, counts);
}

function deadLetterIncrement(reason: string): Increment {
  return { counter: 'cdc_dead_letters_total', labels: { reason }, by: 1 };
}

function logSchemaChange(
  log: Logger,
  { schema, table, type, sql, commitTs }: Extract<DecodedMessage, { kind: 'schema-change' }>,
  source: { topic: string; partition: number; offset: string },
): void {
  log.info({ schema, table, type, sql: sql.slice(0, maxLoggedSql), commitTs, source }, 'schema change');
}
