import type { JsonObject } from './fields.ts';
import type { DecodedMessage } from './message.ts';
import type { RowText } from './row-text.ts';

/** Reads the messages of one protocol that TiCDC can write: bytes in, events out. */
export interface Protocol {
  /** as in the sink URI's `protocol` */
  readonly name: string;
  /**
   * Whether a message is one of this protocol and of no other, by what only its messages have.
   * @param value the message's value where it is a JSON object
   */
  recognizes(key: Buffer | null, value: JsonObject | undefined): boolean;
  /**
   * Decodes one message of Kafka. All rows of a message come in one {@link DecodedMessage}, in their order.
   * @throws DecodeError and nothing else, whatever the bytes
   */
  decode(key: Buffer | null, value: Buffer | null): DecodedMessage;
  /** A quicker way for usual messages of one row, with the same result; undefined for those that it does not know. */
  readonly quickRow?: (value: Buffer) => RowText | undefined;
}
