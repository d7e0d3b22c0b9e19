import type { JsonObject } from './fields.ts';
import type { DecodedMessage } from './message.ts';
import type { RowText } from './row-text.ts';

/** Decodes the messages of one protocol that TiCDC can write: bytes in, events out. */
export interface Protocol {
  /** as in the sink URI's `protocol` */
  readonly name: string;
  /**
   * Whether a message belongs to this protocol and to no other, judging by what only its messages have.
   * @param value the message's value if it is a JSON object
   */
  recognizes(key: Buffer | null, value: JsonObject | undefined): boolean;
  /**
   * Decodes one Kafka message. All rows of a message come in one {@link DecodedMessage}, in order.
   * @throws DecodeError and nothing else, whatever the bytes
   */
  decode(key: Buffer | null, value: Buffer | null): DecodedMessage;
  /** A faster way for ordinary messages of one row, with the same result; returns undefined for any other message. */
  readonly quickRow?: (value: Buffer) => RowText | undefined;
}
