import { expect, test } from 'vitest';
import { rangesBetween } from '../src/arrival.ts';
import type { ConsumerSnapshot } from '../src/clients/consumer.ts';

function at(offsets: readonly (readonly [string, number])[]): ConsumerSnapshot {
  return {
    events: new Map(),
    duplicates: 0,
    deadLetters: 0,
    schemaChanges: 0,
    offsets: new Map(offsets),
    assigned: 2,
    lag: 0,
  };
}

test('the offsets between two snapshots, of each partition and of topics whatever their names', () => {
  const before = at([['cdc-events/0', 10]]);
  const after = at([
    ['cdc-events/0', 15],
    ['a.b/c/1', 3],
  ]);
  expect(rangesBetween(before, after)).toEqual([
    { topic: 'cdc-events', partition: 0, from: 10, to: 15 },
    { topic: 'a.b/c', partition: 1, from: 0, to: 3 },
  ]);
});
