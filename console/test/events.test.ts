import { toEventDocument } from '@tidb-cdc/consumer/event-document';
import { describe, expect, it as test } from 'vitest';
import { eventView } from '../src/events.ts';

const source = { topic: 'cdc-events', partition: 1, offset: '9007199254740993', row: 0 };
const update = {
  schema: 'shop',
  table: 'orders',
  operation: 'update',
  primaryKey: { order_id: '7' },
  commitTs: '429918007904436226',
  committedAt: 1_700_000_000_123,
  data: { order_id: '7', status: '2', note: null },
  old: { status: '1' },
  changed: ['status'],
  keysOnly: false,
} as const;

function view(change: Parameters<typeof toEventDocument>[0]) {
  const document = toEventDocument(change, source);
  return eventView(document.event.id, document, [1_700_000_000_123, 3, 1, document.event.id]);
}

describe('eventView', () => {
  test('shows what the consumer wrote', () => {
    expect(view(update)).toMatchObject({
      committedAt: '2023-11-14T22:13:20.123Z',
      table: 'shop.orders',
      operation: 'update',
      primaryKey: { order_id: '7' },
      changed: ['status'],
      data: { order_id: '7', status: '2', note: null },
      old: { status: '1' },
      keysOnly: false,
      cut: null,
      source: { topic: 'cdc-events', partition: 1, offset: '9007199254740993' },
      commitTs: '429918007904436226',
    });
  });

  test('leaves out what an insert does not have', () => {
    const { old: _, changed: __, commitTs: ___, ...insert } = { ...update, operation: 'insert' as const };
    const shown = view(insert);
    expect(shown.changed).toEqual([]);
    expect(shown).not.toHaveProperty('old');
    expect(shown).not.toHaveProperty('commitTs');
  });

  test('sorts columns, which come in any order', () => {
    const shown = view({ ...update, data: { z: '1', a: '2', m: null } });
    expect(Object.keys(shown.data)).toEqual(['a', 'm', 'z']);
  });

  test('cuts long values and says so', () => {
    const shown = view({ ...update, data: { ...update.data, note: 'é'.repeat(5000) } });
    expect(shown.data.note).toBe(`${'é'.repeat(2000)}…`);
    expect(shown.cut).toBe('for this page');
  });

  test('tells a row that the consumer cut', () => {
    const document = toEventDocument(update, source);
    const cut = { ...document, cdc: { ...document.cdc, truncated: true as const } };
    expect(eventView('id', cut, []).cut).toBe('by the consumer');
  });
});
