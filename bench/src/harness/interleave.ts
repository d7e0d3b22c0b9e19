/** What one contender does once, and the figure it reaches. */
export type Contender = () => number | Promise<number>;

/** Figures of each contender, one per round: figures of one round belong together. */
export type Rounds<N extends string> = Readonly<Record<N, readonly number[]>>;

/**
 * Runs all contenders once per round, one after another, so that whatever else loads the machine slows all of them
 * alike. Each round begins with another one: none always comes after the same.
 */
export async function interleave<N extends string>(
  contenders: Readonly<Record<N, Contender>>,
  rounds: number,
): Promise<Rounds<N>> {
  const names = Object.keys(contenders) as N[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<N, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length] as N;
      figures[name].push(await contenders[name]());
    }
  }
  return figures;
}

/** The middle of some numbers, of an even count the mean of the two in the middle. @throws RangeError where there are none */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (high === undefined || low === undefined) throw new RangeError('no numbers have no median');
  return (low + high) / 2;
}

/** The number that a share of all numbers does not exceed: 0.99 gives p99. @throws RangeError where there are none */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no numbers have no percentile');
  return value;
}

/** Median over the rounds of how much `figures` are of `base` in the same round. */
export function ratio(figures: readonly number[], base: readonly number[]): number {
  return median(figures.map((figure, round) => figure / (base[round] ?? Number.NaN)));
}
