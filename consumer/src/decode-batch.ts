import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import type { Logger } from '@tidb-cdc/runtime/log';
import type { Increment } from './counts.ts';
import type { DeadLetter } from './dead-letters.ts';
import { DecodeError } from './protocols/decode-error.ts';
import type { Decoder } from './protocols/decoder.ts';
import type { DecodedMessage } from './protocols/message.ts';
import { toRowText } from './protocols/row-text.ts';
import { completeRows, hasCutRows, type RowCompletion } from './row-completer.ts';
import { RowWriter, type RowWriterOptions } from './row-writer.ts';

export interface BatchSource {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
}

export interface DecodeOptions extends RowWriterOptions {
  readonly decoder: Decoder;
  /** Without it, cut rows stay cut. */
  readonly completion?: RowCompletion | undefined;
  readonly log: Logger;
}

/** What a batch contains besides the appended events. */
export interface DecodedBatch {
  readonly increments: readonly Increment[];
  /** Number of rows that are not duplicates. */
  readonly newRows: number;
  readonly deadLetters: DeadLetter[];
  /** Commit time of each row, ms since the epoch. */
  readonly commitTimes: readonly number[];
  /** The last watermark of the batch, ms since the epoch. */
  readonly watermark?: number;
}

const maxLoggedSql = 2_000;

/** Decodes a batch. Events go to `append`; everything else is returned. */
export async function decodeBatch(
  { topic, partition, messages }: BatchSource,
  options: DecodeOptions,
): Promise<DecodedBatch> {
  const { completion, decoder, log } = options;
  const rows = new RowWriter(options);
  const deadLetters: DeadLetter[] = [];
  let schemaChanges = 0;
  let keysOnly = 0;
  let watermark: number | undefined;

  for (const message of messages) {
    const source = { topic, partition, offset: message.offset, row: 0, headers: message.headers };
    const quickRow = decoder.quickRow(source, message);
    if (quickRow !== undefined) {
      rows.write(quickRow, source);
      continue;
    }
    let decoded = decodeOrReject(() => decoder.decode(source, message));
    // Awaited only for cut rows, so that ordinary messages do not cost a turn of the event loop.
    if (completion !== undefined && !(decoded instanceof DecodeError) && hasCutRows(decoded)) {
      decoded = await completeRows(decoded, { place: source, message }, completion).catch(rejected);
    }
    if (decoded instanceof DecodeError) {
      deadLetters.push({ code: decoded.code, reason: decoded.message, topic, partition, message });
      continue;
    }
    switch (decoded.kind) {
      case 'rows':
        for (const [row, change] of decoded.rows.entries()) {
          if (change.isCut) keysOnly += 1;
          rows.write(toRowText(change), { ...source, row });
        }
        break;
      case 'schema-change':
        schemaChanges += 1;
        logSchemaChange(log, decoded, { topic, partition, offset: message.offset });
        break;
      case 'watermark':
        watermark = decoded.reachedAt;
        break;
      case 'table-schema':
        break;
      case 'statement':
        log.debug({ type: decoded.type, sql: decoded.sql.slice(0, maxLoggedSql) }, 'a statement without rows');
    }
  }

  return {
    increments: [
      ...rows.increments(),
      ...deadLetters.map(({ code }) => deadLetterIncrement(code)),
      { counter: 'cdc_schema_changes_total', labels: {}, by: schemaChanges },
      { counter: 'cdc_keys_only_events_total', labels: {}, by: keysOnly },
    ],
    newRows: rows.commitTimes.length - rows.duplicates,
    deadLetters,
    commitTimes: rows.commitTimes,
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
