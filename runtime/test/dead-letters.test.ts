import { expect, test } from 'vitest';
import { headerText, originalPlace } from '../src/dead-letters.ts';

const place = { 'original.topic': 'cdc-events', 'original.partition': '2', 'original.offset': '9007199254740993' };

test('the place of a dead letter is in its headers, as bytes or as text', () => {
  const expected = { topic: 'cdc-events', partition: 2, offset: '9007199254740993' };
  expect(originalPlace(place)).toEqual(expected);
  const bytes = Object.fromEntries(Object.entries(place).map(([name, value]) => [name, Buffer.from(value)]));
  expect(originalPlace(bytes)).toEqual(expected);
});

test.each([
  ['no headers', undefined],
  ['other headers', { 'original.offset': '1' }],
  ['a topic that is no name', { ...place, 'original.topic': 'a","b' }],
  ['a partition that is no number', { ...place, 'original.partition': '-1' }],
  ['an offset that is no number', { ...place, 'original.offset': '1e3' }],
])('%s name no place', (_, headers) => {
  expect(originalPlace(headers)).toBeUndefined();
});

test('a header that was given twice has no text', () => {
  expect(headerText({ name: [Buffer.from('a'), Buffer.from('b')] }, 'name')).toBeUndefined();
});
