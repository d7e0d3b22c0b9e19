import { deadLetterHeaders, headerText, originalPlace, replayHeaders } from '@tidb-cdc/runtime/dead-letters';
import {
  createProducer,
  type KafkaConnection,
  type KafkaMessage,
  type Producer,
  protocolErrorType,
} from '@tidb-cdc/runtime/kafka';
import { type TailMessage, TopicTail } from '@tidb-cdc/runtime/topic-tail';
import { BackendError } from './backend.ts';
import type { DeadLettersAnswer, DeadLetterView, ReplayAnswer } from './contract.ts';
import { cut, maxText } from './cut.ts';
import { ConsoleError } from './errors.ts';

/** The console's Kafka client id. */
export const clientId = 'cdc-console';
/** How many messages are read from the end of the dead-letter topic: letters, and marks of replayed letters. */
const newest = 200;

export interface DeadLettersOptions {
  readonly kafka: KafkaConnection;
  /** The dead-letter topic. */
  readonly deadLetterTopic: string;
  /** Topics to which a letter may be replayed. */
  readonly topics: readonly string[];
}

/** A letter as read from its own message; whether it was replayed is in another one, its mark. */
type Letter = Omit<DeadLetterView, 'replayedAt'>;
/** Records that a letter was replayed. */
interface Mark {
  readonly replayed: string;
  readonly at: string;
}

/** Lists dead letters and replays single ones. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #tail: TopicTail;
  #producer: Promise<Producer> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DeadLettersOptions) {
    this.#options = options;
    this.#tail = new TopicTail(options.kafka, options.deadLetterTopic);
  }

  /**
   * The newest dead letters, newest first.
   * @throws BackendError when Kafka does not respond or the topic does not exist
   */
  async list(): Promise<Omit<DeadLettersAnswer, 'canReplay'>> {
    const { topics } = this.#options;
    const { messages, total } = await orBackendError(this.#tail.read(newest, (found) => digest(found, topics)));
    const marks = new Map(messages.filter(isMark).map(({ replayed, at }) => [replayed, at]));
    const letters = messages
      .filter((message): message is Letter => message !== null && !isMark(message))
      .map((letter) => ({ ...letter, replayedAt: marks.get(placeOf(letter)) ?? null }))
      .reverse();
    return { letters, older: total > newest };
  }

  /**
   * Sends the message of a dead letter to its original topic and partition again, with its key, and marks the letter.
   * Replays run one at a time, so that two clicks send the message once.
   * @throws ConsoleError 404 when there is no such letter, 409 when it cannot be replayed or already was
   * @throws BackendError as `list`
   */
  replay(partition: number, offset: string): Promise<ReplayAnswer> {
    const replayed = this.#last.then(() => this.#replay(partition, offset));
    // The caller of that replay sees its error.
    this.#last = replayed.catch(() => undefined);
    return replayed;
  }

  /** @throws BackendError when Kafka does not respond or the topic does not exist */
  async check(): Promise<void> {
    await orBackendError(this.#tail.partitions());
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#tail.close();
    await (await this.#producer)?.disconnect();
  }

  async #replay(partition: number, offset: string): Promise<ReplayAnswer> {
    const { letters } = await this.list();
    const letter = letters.find((one) => one.partition === partition && one.offset === offset);
    const message = letter && (await orBackendError(this.#tail.readOne(partition, Number(offset))));
    const place = originalPlace(message?.headers);
    if (letter === undefined || message === undefined || place === undefined) {
      throw new ConsoleError(404, {
        error: `There is no dead letter at partition ${partition}, offset ${offset}, among the newest ${newest}.`,
      });
    }
    if (letter.replayedAt !== null)
      throw new ConsoleError(409, { error: 'This dead letter has already been replayed.' });
    if (letter.obstacle !== null) throw new ConsoleError(409, { error: letter.obstacle });
    await this.#send(place.topic, {
      key: message.key,
      value: message.value,
      // With these headers its rows keep the identity of the original position, however often it is sent.
      headers: {
        [deadLetterHeaders.topic]: place.topic,
        [deadLetterHeaders.partition]: String(place.partition),
        [deadLetterHeaders.offset]: place.offset,
      },
      partition: place.partition,
    });
    await this.#send(this.#options.deadLetterTopic, {
      key: null,
      value: null,
      headers: { [replayHeaders.partition]: String(partition), [replayHeaders.offset]: offset },
      partition,
    });
    return { topic: place.topic, partition: place.partition };
  }

  async #send(topic: string, message: Parameters<Producer['send']>[0]['messages'][number]): Promise<void> {
    this.#producer ??= connected(createProducer(this.#options.kafka));
    try {
      await (await this.#producer).send({ topic, messages: [message], acks: -1 });
    } catch (cause) {
      this.#producer = undefined;
      throw kafkaError(`Cannot write to ${topic}`, cause);
    }
  }
}

async function connected(producer: Producer): Promise<Producer> {
  await producer.connect();
  return producer;
}

function isMark(message: Letter | Mark | null): message is Mark {
  return message !== null && 'replayed' in message;
}

function placeOf({ partition, offset }: Pick<Letter, 'partition' | 'offset'>): string {
  return `${partition}/${offset}`;
}

/** Extracts what the page needs from a message; null for one that the consumer did not write. */
function digest({ partition, message }: TailMessage, topics: readonly string[]): Letter | Mark | null {
  const { headers, key, value, offset, timestamp } = message;
  const at = isoTime(timestamp);
  const replayed = headerText(headers, replayHeaders.offset);
  if (replayed !== undefined) {
    return { replayed: `${headerText(headers, replayHeaders.partition)}/${replayed}`, at };
  }
  const code = headerText(headers, deadLetterHeaders.code);
  if (code === undefined) return null;
  const from = originalPlace(headers) ?? null;
  return {
    partition,
    offset,
    at,
    code,
    reason: headerText(headers, deadLetterHeaders.reason) ?? '',
    from,
    key: preview(key),
    value: preview(value),
    bytes: value?.length ?? 0,
    obstacle: obstacleOf(message, topics),
  };
}

/** Why a letter cannot be replayed; null when it can. */
function obstacleOf({ headers }: KafkaMessage, topics: readonly string[]): string | null {
  const place = originalPlace(headers);
  if (place === undefined) return 'Its headers do not say which topic it came from.';
  if (!topics.includes(place.topic)) return `It came from ${place.topic}, which is not one of the event topics.`;
  if (headerText(headers, deadLetterHeaders.truncated) === undefined) return null;
  return `Its value was truncated: in full it had ${headerText(headers, deadLetterHeaders.bytes)} bytes.`;
}

function preview(bytes: Buffer | null): string | null {
  // A character has at most four bytes.
  return bytes === null ? null : cut(bytes.subarray(0, maxText * 4).toString('utf8'));
}

function isoTime(milliseconds: string): string {
  return new Date(Number(milliseconds)).toISOString();
}

async function orBackendError<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw kafkaError('Kafka does not answer', cause);
  }
}

/** A BackendError; with status 400 if Kafka refused the request (no such topic, or no permission). */
function kafkaError(text: string, cause: unknown): BackendError {
  const type = protocolErrorType(cause);
  return type === undefined
    ? new BackendError(text, { cause })
    : new BackendError(`${text}: ${type}`, { cause, status: 400 });
}
