/** Runs a contender once and returns its figure. */
export type Contender = () => number | Promise<number>;

/** Figures per contender, one per round. Figures of the same round belong together. */
export type Rounds<N extends string> = Readonly<Record<N, readonly number[]>>;

/**
 * Runs all contenders once per round, one after another, so that other load on the machine slows all of them alike.
 * Each round begins with a different contender.
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

/** The median; for an even count, the mean of the middle two. @throws RangeError when there are no numbers */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (high === undefined || low === undefined) throw new RangeError('an empty list has no median');
  return (low + high) / 2;
}

/**
 * The smallest number that at least `share` of all numbers do not exceed: 0.99 gives p99.
 * @throws RangeError when there are no numbers
 */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('an empty list has no percentile');
  return value;
}

/** Median over the rounds of `figures` divided by `base` in the same round. */
export function ratio(figures: readonly number[], base: readonly number[]): number {
  return median(figures.map((figure, round) => figure / (base[round] ?? Number.NaN)));
}
