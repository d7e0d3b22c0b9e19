import type { Message, Producer } from '@tidb-cdc/runtime/kafka';
import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { type DeadLetter, DeadLetterSender } from '../src/dead-letters.ts';
import { kafkaMessage } from './support/messages.ts';

/** A producer whose broker accepts at most `limit` bytes at once. It keeps what was accepted, one list per request. */
function producerWith(limit = 1_048_588) {
  const requests: Message[][] = [];
  const broker = { refusal: undefined as Error | undefined, connects: 0, disconnects: 0 };
  const producer = {
    connect: async () => {
      broker.connects += 1;
    },
    disconnect: async () => {
      broker.disconnects += 1;
    },
    send: async ({ messages, topic, acks }: { messages: Message[]; topic: string; acks?: number }) => {
      expect([topic, acks]).toEqual(['dead', -1]);
      if (broker.refusal) throw broker.refusal;
      if (messages.reduce((sum, message) => sum + sizeOf(message), 0) > limit) throw refusal('MESSAGE_TOO_LARGE');
      requests.push(messages);
      return [];
    },
  };
  const sender = new DeadLetterSender(producer as unknown as Producer, 'dead', recordedLog().log);
  return { sender, requests, broker };
}

function refusal(type: string): Error {
  return Object.assign(new Error('refused'), { name: 'KafkaJSProtocolError', type });
}

function sizeOf({ key, value, headers }: Message): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + JSON.stringify(headers).length;
}

function letter(offset: number, value: Buffer | string | null, key: string | null = 'key'): DeadLetter {
  const message = { ...kafkaMessage(offset, value), key: key === null ? null : Buffer.from(key) };
  return { code: 'INVALID_JSON', reason: 'not JSON', topic: 'cdc-events', partition: 2, message };
}

test('a message goes as it was, with the reason and where it came from', async () => {
  const { sender, requests } = producerWith();
  await sender.send([letter(7, '{bad')]);
  expect(requests).toEqual([
    [
      {
        key: Buffer.from('key'),
        value: Buffer.from('{bad'),
        headers: {
          'error.code': 'INVALID_JSON',
          'error.reason': 'not JSON',
          'original.topic': 'cdc-events',
          'original.partition': '2',
          'original.offset': '7',
          'original.timestamp': '1007',
        },
      },
    ],
  ]);
});

test('a message without a value has none there either', async () => {
  const { sender, requests } = producerWith();
  await sender.send([letter(7, null, null)]);
  expect(requests[0]).toMatchObject([{ key: null, value: null }]);
});

test('without messages there is no connection', async () => {
  const { sender, broker } = producerWith();
  await sender.send([]);
  await sender.close();
  expect(broker).toMatchObject({ connects: 0, disconnects: 0 });
});

test('many messages go in few requests, none of which is too large', async () => {
  const { sender, requests } = producerWith();
  const letters = Array.from({ length: 5_000 }, (_, offset) => letter(offset, `{bad ${'x'.repeat(100)}`));
  await sender.send(letters);
  expect(requests.flat().map(({ headers }) => Number(headers?.['original.offset']))).toEqual([...Array(5_000).keys()]);
  expect(requests.length).toBeLessThan(20);
  expect(letters).toEqual([]);
});

test('a request that is too large for the broker goes in parts', async () => {
  const { sender, requests } = producerWith(10_000);
  await sender.send(Array.from({ length: 50 }, (_, offset) => letter(offset, 'x'.repeat(500))));
  expect(requests.flat()).toHaveLength(50);
  expect(requests.flat().every(({ value }) => value?.length === 500)).toBe(true);
});

describe('a message that is too large by itself', () => {
  test('goes with less of its value, and says what the whole was', async () => {
    const { sender, requests } = producerWith(2_000);
    await sender.send([letter(1, 'x'.repeat(10_000))]);
    expect(requests).toHaveLength(1);
    const [message] = requests[0] ?? [];
    expect(message?.value?.length).toBeGreaterThan(1_000);
    expect(message?.headers).toMatchObject({
      'original.value.truncated': 'true',
      'original.value.bytes': '10000',
      'original.offset': '1',
    });
  });

  test('goes even without its key', async () => {
    const { sender, requests } = producerWith(2_000);
    await sender.send([letter(1, 'x', 'k'.repeat(10_000))]);
    expect(requests).toMatchObject([[{ key: null, value: Buffer.alloc(0) }]]);
  });

  test('fails where the broker takes nothing at all', async () => {
    const { sender } = producerWith(1);
    await expect(sender.send([letter(1, 'x')])).rejects.toThrow('KAFKA_DEAD_LETTER_TOPIC=dead');
  });
});

test('a topic that is not there is named with the remedy, and what was not sent is sent by the next call', async () => {
  const { sender, requests, broker } = producerWith();
  const letters = [letter(1, 'a'), letter(2, 'b')];
  broker.refusal = refusal('UNKNOWN_TOPIC_OR_PARTITION');
  await expect(sender.send(letters)).rejects.toThrow('KAFKA_DEAD_LETTER_TOPIC=dead: no such topic: create it');
  expect(letters).toHaveLength(2);

  broker.refusal = undefined;
  await sender.send(letters);
  expect(requests.flat()).toHaveLength(2);
  await sender.close();
  expect(broker).toMatchObject({ connects: 1, disconnects: 1 });
});

test('a long reason is cut', async () => {
  const { sender, requests } = producerWith();
  await sender.send([{ ...letter(1, 'x'), reason: 'r'.repeat(5_000) }]);
  expect(requests[0]?.[0]?.headers?.['error.reason']).toHaveLength(1_000);
});
