import { expect, test } from 'vitest';
import { renderReport } from '../src/report.ts';

test('numbers stand under their headings, and a difference is marked', () => {
  const cells = [
    { table: 'shop.a', operation: 'insert', written: 1000, own: 1000, counter: 1002, documents: 1002, ok: true },
    { table: 'shop.a', operation: 'update', written: 3, own: 2, counter: 2, documents: 2, ok: false },
    { table: 'shop.a', operation: 'delete', written: 0, own: 0, counter: 0, documents: 0, ok: true },
  ] as const;
  const pie = [{ operation: 'insert', written: 1000, pie: 990, agedOut: 12, events: 1002, ok: true }] as const;
  expect(renderReport(cells, pie)).toBe(
    [
      'table   operation  written  documents  counter growth  other documents',
      'shop.a  insert        1000       1000            1002                2  ok',
      'shop.a  update           3          2               2                0  DIFFERS',
      '',
      "     operation  written  pie growth  left the hour  Prometheus's counter growth",
      'pie  insert        1000         990             12                         1002  ok',
    ].join('\n'),
  );
});
