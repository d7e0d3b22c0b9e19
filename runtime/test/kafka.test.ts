import { describe, expect, test } from 'vitest';
import { createAdmin, isKafkaError, isRebalance, messageBytes, protocolErrorType } from '../src/kafka.ts';
import { freePort } from '../src/ports.ts';
import { recordedLog } from './support/recorded-log.ts';

/** An error as kafkajs creates it from a broker's answer. */
function protocolError(type: string): Error {
  return Object.assign(new Error('refused'), { name: 'KafkaJSProtocolError', type });
}

describe('the error of a broker', () => {
  test('is found in the error and in its causes', () => {
    expect(protocolErrorType(protocolError('MESSAGE_TOO_LARGE'))).toBe('MESSAGE_TOO_LARGE');
    const wrapped = new Error('a', { cause: new Error('b', { cause: protocolError('MESSAGE_TOO_LARGE') }) });
    expect(protocolErrorType(wrapped)).toBe('MESSAGE_TOO_LARGE');
  });

  test('is not made up', () => {
    expect(protocolErrorType(new Error('no'))).toBeUndefined();
    expect(protocolErrorType('no')).toBeUndefined();
  });

  test.each([
    ['REBALANCE_IN_PROGRESS', true],
    ['ILLEGAL_GENERATION', true],
    ['UNKNOWN_MEMBER_ID', true],
    ['NOT_COORDINATOR_FOR_GROUP', false],
    ['MESSAGE_TOO_LARGE', false],
  ])('%s: the group has moved on: %s', (type, expected) => {
    expect(isRebalance(protocolError(type))).toBe(expected);
  });

  test('is told from a fault of ours', () => {
    expect(isKafkaError(protocolError('MESSAGE_TOO_LARGE'))).toBe(true);
    expect(isKafkaError(new TypeError('undefined is not a function'))).toBe(false);
  });
});

test('the bytes of a message are those of its key and value', () => {
  expect(messageBytes({ key: Buffer.from('ab'), value: Buffer.from('cde') })).toBe(5);
  expect(messageBytes({ key: null, value: null })).toBe(0);
});

test('a broker that cannot be reached is an error for the caller, and only a debug line in the log', async () => {
  const { log, lines } = recordedLog();
  const admin = createAdmin({ brokers: [`127.0.0.1:${await freePort()}`], clientId: 'test', log }, 0);
  await expect(admin.connect()).rejects.toThrow('ECONNREFUSED');
  await admin.disconnect();
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'debug', kafka: expect.objectContaining({ component: 'Connection' }) }),
  );
  expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});
