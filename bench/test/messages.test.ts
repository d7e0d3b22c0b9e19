import { canalJson } from '@tidb-cdc/consumer/protocols/canal-json/canal-json';
import { expect, test } from 'vitest';
import { messageMaker } from '../src/messages.ts';

test('messages have the length asked for, are rows of their own, and decode with their commitTs', () => {
  const make = messageMaker({ operation: 'update', columns: 8, bytes: 1_000 });
  const [first, second] = [make(0), make(1)];
  expect(first.length).toBeGreaterThan(980);
  expect(first.length).toBeLessThan(1_050);
  expect(make(0)).toEqual(first);
  const rowsOf = (value: Buffer) => {
    const decoded = canalJson.decode(null, value);
    return decoded.kind === 'rows' ? decoded.rows : [];
  };
  const [one] = rowsOf(first);
  const [other] = rowsOf(second);
  expect(one).toMatchObject({ operation: 'update', primaryKey: { id: '1000000' }, commitTs: '470548480000000000' });
  expect(other).toMatchObject({ primaryKey: { id: '1000001' }, commitTs: '470548480000262145' });
  expect(one?.changed).toContain('note_0');
  expect(one?.changed).not.toContain('id');
});
