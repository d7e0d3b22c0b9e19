import { describe, expect, it } from 'vitest';
import { byShortfall, dueAt, operationShares } from '../../src/workload/pace.ts';
import { RowCounts } from '../../src/workload/row-counts.ts';

describe('dueAt', () => {
  it('places every change on one time line from the start', () => {
    expect(dueAt(1_000, 0, 20)).toBe(1_000);
    expect(dueAt(1_000, 1, 20)).toBe(1_050);
    expect(dueAt(1_000, 72_000, 20)).toBe(1_000 + 3_600_000);
  });
});

describe('byShortfall', () => {
  it('begins with the operation that has the largest share', () => {
    expect(byShortfall(new RowCounts())).toEqual(['insert', 'update', 'delete']);
  });

  it('puts the operation first that is furthest behind', () => {
    const counts = new RowCounts();
    counts.add({ table: 'orders', operation: 'insert', rows: 60 });
    counts.add({ table: 'orders', operation: 'update', rows: 40 });
    expect(byShortfall(counts)[0]).toBe('delete');
  });

  it('comes to the shares whatever the actions change beside their own operation', () => {
    const counts = new RowCounts();
    while (counts.total < 10_000) {
      const operation = byShortfall(counts)[0] ?? 'insert';
      counts.add({ table: 'order_items', operation, rows: operation === 'insert' ? 4 : 1 });
      if (operation === 'delete') counts.add({ table: 'orders', operation: 'update', rows: 1 });
    }
    for (const operation of ['insert', 'update', 'delete'] as const) {
      expect(counts.ofOperation(operation) / counts.total).toBeCloseTo(operationShares[operation], 2);
    }
  });
});
