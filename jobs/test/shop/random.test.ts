import { expect, test } from 'vitest';
import { createRandom, randomSeed } from '../../src/shop/random.ts';

const draw = (seed: number): unknown[] => {
  const random = createRandom(seed);
  return [random.int(0, 1e9), random.pick(['a', 'b', 'c', 'd']), random.bytes(16).toString('hex'), random.int(-5, 5)];
};

test('the same seed gives the same values, another seed others', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('whole numbers reach both bounds and never go beyond', () => {
  const random = createRandom(1);
  const drawn = new Set(Array.from({ length: 1_000 }, () => random.int(3, 6)));
  expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
});

test('bytes cover the whole range', () => {
  const drawn = new Set(createRandom(2).bytes(10_000));
  expect(drawn.size).toBe(256);
});

test('nothing can be picked from an empty list', () => {
  expect(() => createRandom(3).pick([])).toThrow('cannot pick from an empty list');
});

test('a seed fits into 32 bits', () => {
  const seed = randomSeed();
  expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
});
