import { deadLetterHeaders } from '@tidb-cdc/runtime/dead-letters';
import {
  type IHeaders,
  type KafkaMessage,
  type Message,
  messageBytes,
  type Producer,
  protocolErrorType,
} from '@tidb-cdc/runtime/kafka';
import type { Logger } from '@tidb-cdc/runtime/log';

/** A message that could not be decoded, and why. Its own headers are not kept: CDC writes none, and ours must fit. */
export interface DeadLetter {
  readonly code: string;
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Maximum bytes of keys and values in one request, below Kafka's default limit of 1 MiB for one write. */
const requestBytes = 768 * 1_024;
const maxReasonLength = 1_000;
/** Bytes reserved for the headers of one message. */
const overhead = 2_048;

/** Sends undecodable messages to the dead-letter topic. */
export class DeadLetterSender {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #log: Logger;
  #connected = false;

  constructor(producer: Producer, topic: string, log: Logger) {
    this.#producer = producer;
    this.#topic = topic;
    this.#log = log;
  }

  /**
   * Sends the dead letters in `pending`, in order, and removes those that all in-sync replicas have. So a call after a
   * failure sends only the rest.
   */
  async send(pending: DeadLetter[]): Promise<void> {
    if (pending.length === 0) return;
    if (!this.#connected) {
      await this.#producer.connect();
      this.#connected = true;
    }
    while (pending.length > 0) {
      const request = pending.slice(0, countForOneRequest(pending));
      await this.#sendFitting(request.map(toMessage)).catch((cause: unknown) => {
        const missing = protocolErrorType(cause) === 'UNKNOWN_TOPIC_OR_PARTITION';
        throw new Error(`KAFKA_DEAD_LETTER_TOPIC=${this.#topic}${missing ? ': no such topic: create it' : ''}`, {
          cause,
        });
      });
      pending.splice(0, request.length);
    }
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#producer.disconnect();
  }

  /** Sends messages. When the broker refuses them as too large, it sends them in halves, and cuts a single message. */
  async #sendFitting(messages: Message[]): Promise<void> {
    try {
      await this.#producer.send({ topic: this.#topic, messages, acks: -1 });
    } catch (error) {
      const [first] = messages;
      const smaller = messages.length === 1 && first !== undefined ? halve(first) : undefined;
      if (!isTooLarge(error) || (messages.length === 1 && smaller === undefined)) throw error;
      if (smaller !== undefined) {
        this.#log.warn(
          { kafka: smaller.headers },
          'a dead letter is too large for its topic: sent with less of its value',
        );
        await this.#sendFitting([smaller]);
        return;
      }
      const middle = Math.ceil(messages.length / 2);
      await this.#sendFitting(messages.slice(0, middle));
      await this.#sendFitting(messages.slice(middle));
    }
  }
}

function countForOneRequest(letters: readonly DeadLetter[]): number {
  let bytes = 0;
  const tooMany = letters.findIndex(({ message }) => {
    bytes += messageBytes(message) + overhead;
    return bytes > requestBytes;
  });
  return tooMany === -1 ? letters.length : Math.max(1, tooMany);
}

function toMessage({ code, reason, topic, partition, message }: DeadLetter): Message {
  return {
    key: message.key,
    value: message.value,
    headers: {
      [deadLetterHeaders.code]: code,
      [deadLetterHeaders.reason]: reason.slice(0, maxReasonLength),
      [deadLetterHeaders.topic]: topic,
      [deadLetterHeaders.partition]: String(partition),
      [deadLetterHeaders.offset]: message.offset,
      [deadLetterHeaders.timestamp]: message.timestamp,
    },
  };
}

/** Returns the message with half of its value, or at last without its key; undefined when nothing is left to cut. */
function halve(message: Message): Message | undefined {
  const { key, value, headers } = message;
  if (Buffer.isBuffer(value) && value.length > 0) {
    return {
      ...message,
      value: value.subarray(0, value.length >> 1),
      headers: { ...truncated(value.length), ...headers },
    };
  }
  return key === null || key === undefined ? undefined : { ...message, key: null };
}

/** Headers of a cut value. The message's own headers override them, so that the original size stays. */
function truncated(bytes: number): IHeaders {
  return { [deadLetterHeaders.truncated]: 'true', [deadLetterHeaders.bytes]: String(bytes) };
}

function isTooLarge(error: unknown): boolean {
  const type = protocolErrorType(error);
  return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
}
