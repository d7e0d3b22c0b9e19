/** A random number generator that repeats its values for the same seed. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  /** Returns one of the values. @throws Error when there is none */
  pick<T>(values: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** Returns a seed for a run without a given one. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough to spread test values. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    int,
    pick<T>(values: readonly T[]): T {
      const value = values[int(0, values.length - 1)];
      if (value === undefined) throw new Error('cannot pick from an empty list');
      return value;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(0, 255))),
  };
}
