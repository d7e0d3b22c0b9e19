import type { DecodedMessage } from './message.ts';

/** Reads the messages of one protocol that TiCDC can write. */
export interface Protocol {
  readonly name: string;
  /**
   * Decodes one message of Kafka. All rows of a message come in one {@link DecodedMessage}, in their order.
   * @throws DecodeError and nothing else, whatever the bytes
   */
  decode(key: Buffer | null, value: Buffer | null): DecodedMessage;
}
