import { describe, expect, it } from 'vitest';
import { IdPool } from '../../src/workload/known-rows.ts';

describe('IdPool', () => {
  it('has nothing to pick when it is empty', () => {
    const pool = new IdPool();
    expect(pool.pick()).toBeUndefined();
    expect(pool.pickSome(3)).toEqual([]);
    pool.remove(7);
    expect(pool.pick()).toBeUndefined();
  });

  it('removes one id, at any place, and keeps the others', () => {
    for (const removed of [1, 2, 3, 99]) {
      const pool = new IdPool([1, 2, 3]);
      pool.remove(removed);
      const left = new Set(Array.from({ length: 200 }, () => pool.pick()));
      expect(left).toEqual(new Set([1, 2, 3].filter((id) => id !== removed)));
    }
  });

  it('picks different ids in ascending order', () => {
    const pool = new IdPool([5, 3, 9]);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const picked = pool.pickSome(3);
      expect(picked).toEqual([...new Set(picked)].sort((one, other) => one - other));
      expect(picked.length).toBeGreaterThan(0);
    }
  });

  it('keeps its size when it is full', () => {
    const pool = new IdPool(Array.from({ length: 10_000 }, (_, index) => index));
    pool.add(10_000);
    const seen = new Set(Array.from({ length: 200 }, () => pool.pick()));
    expect(seen.size).toBeGreaterThan(1);
    for (let id = 0; id <= 10_000; id += 1) pool.remove(id);
    expect(pool.pick()).toBeUndefined();
  });
});
