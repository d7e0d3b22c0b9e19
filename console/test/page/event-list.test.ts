import { describe, expect, it as test } from 'vitest';
import type { EventsAnswer, EventView } from '../../src/contract.ts';
import { startList, takeNewest, takeOlder } from '../../src/page/event-list.ts';

/** An event whose position in the order is its number. */
function event(number: number): EventView {
  return {
    id: `e${number}`,
    cursor: `c${number}`,
    order: [number, 0, 0, `e${number}`],
    committedAt: new Date(number).toISOString(),
    table: 'shop.orders',
    operation: 'insert',
    primaryKey: { order_id: String(number) },
    changed: [],
    data: {},
    keysOnly: false,
    cut: null,
    source: { topic: 'cdc-events', partition: 0, offset: String(number) },
  };
}

const answer = (numbers: number[], total = numbers.length, more = false): EventsAnswer => ({
  events: numbers.map(event),
  more,
  total,
});
const ids = (list: { events: readonly EventView[] }) => list.events.map(({ id }) => id).join(' ');

describe('takeNewest', () => {
  test('puts new events on top and marks them', () => {
    const list = takeNewest(startList(answer([3, 2, 1])), answer([5, 4, 3], 5, true));
    expect(ids(list)).toBe('e5 e4 e3');
    expect([...list.fresh]).toEqual(['e5', 'e4']);
    expect(list).toMatchObject({ total: 5, more: true });
  });

  test('puts an event that comes late where it belongs', () => {
    const list = takeNewest(startList(answer([4, 2])), answer([4, 3, 2]));
    expect(ids(list)).toBe('e4 e3 e2');
  });

  test('keeps its length, also after older events were loaded', () => {
    const loaded = takeOlder(startList(answer([4, 3], 4, true)), answer([2, 1]));
    expect(ids(takeNewest(loaded, answer([5, 4], 5, true)))).toBe('e5 e4 e3 e2');
  });

  test('begins anew where events may lie between', () => {
    const list = takeNewest(startList(answer([2, 1])), answer([9, 8], 9, true));
    expect(ids(list)).toBe('e9 e8');
    expect(list.more).toBe(true);
  });

  test('keeps all where the whole answer is new and nothing follows it', () => {
    expect(ids(takeNewest(startList(answer([])), answer([2, 1])))).toBe('e2 e1');
  });

  test('marks nothing where nothing is new', () => {
    const first = takeNewest(startList(answer([1])), answer([2, 1]));
    expect(takeNewest(first, answer([2, 1])).fresh.size).toBe(0);
  });

  test('orders events of one moment by offset, partition and id', () => {
    const at = (order: EventView['order'], id: string) => ({ ...event(0), order, id });
    const newest = [at([7, 2, 1, 'x'], 'x'), at([7, 2, 0, 'b'], 'b'), at([7, 2, 0, 'a'], 'a'), at([7, 1, 9, 'y'], 'y')];
    const list = takeNewest(startList({ events: newest.slice(3), more: false, total: 1 }), {
      events: newest.toReversed(),
      more: false,
      total: 4,
    });
    expect(ids(list)).toBe('x b a y');
  });
});

describe('takeOlder', () => {
  test('adds what follows, once', () => {
    const list = takeOlder(startList(answer([5, 4], 5, true)), answer([4, 3], 5, true));
    expect(ids(list)).toBe('e5 e4 e3');
    expect(list.more).toBe(true);
  });
});
