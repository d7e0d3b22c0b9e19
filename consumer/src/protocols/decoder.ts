import type { Logger } from '@tidb-cdc/runtime/log';
import { type ProtocolName, protocolNames } from '@tidb-cdc/runtime/names';
import { canalJson } from './canal-json/canal-json.ts';
import { debezium } from './debezium/debezium.ts';
import { DecodeError } from './decode-error.ts';
import type { JsonObject } from './fields.ts';
import { keepLongNumbers, parseObject, requireValue } from './json.ts';
import type { DecodedMessage } from './message.ts';
import { openProtocol } from './open-protocol/open-protocol.ts';
import type { Protocol } from './protocol.ts';
import type { RowText } from './row-text.ts';
import type { SchemaFile } from './simple/schema-file.ts';
import { createSimple } from './simple/simple.ts';

/** To add a protocol, add a line here and its name to runtime's. Each topic has its own instances. */
const protocols = {
  'canal-json': () => canalJson,
  'open-protocol': () => openProtocol,
  debezium: () => debezium,
  simple: createSimple,
} as const satisfies Record<ProtocolName, (topic: string, schemaFile?: SchemaFile) => Protocol>;

export const protocolSettings = ['auto', ...protocolNames] as const;
export type ProtocolSetting = (typeof protocolSettings)[number];

/** The part of a Kafka message that is decoded. */
export interface RawMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Decodes the messages of all topics, each topic by its own protocol. */
export interface Decoder {
  /** @throws DecodeError and nothing else, whatever the bytes */
  decode(place: MessagePlace, message: RawMessage): DecodedMessage;
  /** Returns the row of an ordinary message by the protocol's faster way; undefined for any other message. */
  quickRow(place: MessagePlace, message: RawMessage): RowText | undefined;
}

interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
}

/** @param schemaFile keeps table schemas across a restart, for the protocol that sends them in separate messages */
export function createDecoder(setting: ProtocolSetting, log: Logger, schemaFile?: SchemaFile): Decoder {
  const topics = new Map<string, TopicDecoder>();
  const decoderOf = (topic: string): TopicDecoder => {
    let decoder = topics.get(topic);
    if (decoder === undefined) {
      const create = (name: ProtocolName) => protocols[name](topic, schemaFile);
      decoder = setting === 'auto' ? new DecidingDecoder(topic, protocolNames.map(create), log) : create(setting);
      topics.set(topic, decoder);
    }
    return decoder;
  };
  return {
    decode: ({ topic, partition }, { key, value }) => decoderOf(topic).decode(key, value, partition),
    quickRow: ({ topic, partition }, { value }) =>
      value === null ? undefined : decoderOf(topic).quickRow?.(value, partition),
  };
}

interface TopicDecoder {
  decode(key: Buffer | null, value: Buffer | null, partition: number): DecodedMessage;
  readonly quickRow?: (value: Buffer, partition: number) => RowText | undefined;
}

/**
 * Decides by the first message of each partition. Decides again at a message that does not fit that protocol but fits
 * another: the changefeed has then been given another protocol.
 */
class DecidingDecoder implements TopicDecoder {
  readonly #topic: string;
  readonly #log: Logger;
  readonly #all: readonly Protocol[];
  readonly #decided = new Map<number, Protocol>();

  constructor(topic: string, all: readonly Protocol[], log: Logger) {
    this.#topic = topic;
    this.#all = all;
    this.#log = log;
  }

  quickRow(value: Buffer, partition: number): RowText | undefined {
    return this.#decided.get(partition)?.quickRow?.(value);
  }

  decode(key: Buffer | null, value: Buffer | null, partition: number): DecodedMessage {
    const decided = this.#decided.get(partition);
    if (decided === undefined) return this.#decide(this.#protocolOf(key, value), partition).decode(key, value);
    try {
      return decided.decode(key, value);
    } catch (error) {
      const other = this.#all.find((protocol) => protocol !== decided && isOf(protocol, key, value));
      if (other === undefined) throw error;
      return this.#decide(other, partition).decode(key, value);
    }
  }

  /** @throws DecodeError when a message could be of several protocols, or is of none */
  #protocolOf(key: Buffer | null, value: Buffer | null): Protocol {
    const candidates = this.#all.filter((protocol) => isOf(protocol, key, value));
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1) return only;
    // If the value is not even JSON, that is the better reason.
    if (only === undefined) parseObject(requireValue(value), 'the value', keepLongNumbers);
    const names = candidates.map(({ name }) => name).join(' and ') || 'none of them';
    throw new DecodeError('UNKNOWN_PROTOCOL', `the message could be ${names}`);
  }

  #decide(protocol: Protocol, partition: number): Protocol {
    const before = this.#decided.get(partition)?.name;
    this.#decided.set(partition, protocol);
    this.#log.info(
      { topic: this.#topic, partition, protocol: protocol.name, ...(before === undefined ? {} : { before }) },
      'KAFKA_PROTOCOL=auto: the messages of the partition say what protocol they have',
    );
    return protocol;
  }
}

function isOf(protocol: Protocol, key: Buffer | null, value: Buffer | null): boolean {
  return protocol.recognizes(key, jsonOf(value));
}

function jsonOf(value: Buffer | null): JsonObject | undefined {
  try {
    return parseObject(requireValue(value), 'the value', keepLongNumbers);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
