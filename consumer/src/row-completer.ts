import type { Decoder, RawMessage } from './protocols/decoder.ts';
import type { DecodedMessage, RowChange } from './protocols/message.ts';
import { keepMembership, type RetryContext } from './retry.ts';

/** The message that a row came in. */
export interface RowOrigin {
  readonly place: Parameters<Decoder['decode']>[0];
  readonly message: RawMessage;
}

/** Puts the whole row in the place of one that TiCDC has cut to its key, from where the row is kept. */
export interface RowCompleter {
  /** Whether it can look for a row. */
  isFor(row: RowChange): boolean;
  /**
   * The row with all its columns, under the same identity; the row as it is where it is not to be had any more. Where the
   * place does not answer, or refuses us, this waits for it.
   * @throws DecodeError where the message is a dead letter; what `untilDone` (retry.ts) throws
   */
  complete(row: RowChange, origin: RowOrigin, retrying: RetryContext): Promise<RowChange>;
}

/** Where cut rows are completed, and how it is waited for. */
export interface RowCompletion {
  /** The first that is for a row takes it. */
  readonly completers: readonly RowCompleter[];
  readonly retrying: RetryContext;
}

/** Whether a message has rows that TiCDC has cut to their key. */
export function hasCutRows(message: DecodedMessage): boolean {
  return message.kind === 'rows' && message.rows.some(({ isCut }) => isCut);
}

/**
 * The message with whole rows, as far as there is a completer for them.
 * @throws as `RowCompleter.complete`
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
