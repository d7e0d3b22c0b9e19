import type { Decoder, RawMessage } from './protocols/decoder.ts';
import type { DecodedMessage, RowChange } from './protocols/message.ts';
import { keepMembership, type RetryContext } from './retry.ts';

/** The message that a row came in. */
export interface RowOrigin {
  readonly place: Parameters<Decoder['decode']>[0];
  readonly message: RawMessage;
}

/** Replaces a row that TiCDC has cut to its key by the whole row, from where that is kept. */
export interface RowCompleter {
  /** Whether it can complete this row. */
  isFor(row: RowChange): boolean;
  /**
   * Returns the row with all its columns and the same identity, or the row unchanged if the whole one no longer exists.
   * Waits while the source does not answer or refuses us.
   * @throws DecodeError when the message is a dead letter; what `untilDone` (retry.ts) throws
   */
  complete(row: RowChange, origin: RowOrigin, retrying: RetryContext): Promise<RowChange>;
}

/** What completes cut rows, and how to wait for it. */
export interface RowCompletion {
  /** The first one that can complete a row does so. */
  readonly completers: readonly RowCompleter[];
  readonly retrying: RetryContext;
}

/** Whether a message has rows that TiCDC has cut to their key. */
export function hasCutRows(message: DecodedMessage): boolean {
  return message.kind === 'rows' && message.rows.some(({ isCut }) => isCut);
}

/**
 * Returns the message with whole rows, as far as there is a completer for them.
 * @throws as `RowCompleter.complete` does
 */
export async function completeRows(
  decoded: DecodedMessage,
  origin: RowOrigin,
  { completers, retrying }: RowCompletion,
): Promise<DecodedMessage> {
  if (decoded.kind !== 'rows') return decoded;
  const rows: RowChange[] = [];
  for (const row of decoded.rows) {
    const completer = row.isCut ? completers.find((one) => one.isFor(row)) : undefined;
    rows.push(completer === undefined ? row : await completer.complete(row, origin, retrying));
    // A batch of such rows can take longer than the group waits for a member.
    if (completer !== undefined) await keepMembership(retrying);
  }
  return { kind: 'rows', rows };
}
