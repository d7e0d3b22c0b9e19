import { createRandom } from '@tidb-cdc/jobs/shop/random';
import { expect, test } from 'vitest';
import { nextFault, runFaults, type Victims } from '../../src/chaos/faults.ts';

const names = ['a', 'b', 'c'];

function faultsOf(seed: number, count: number) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => nextFault(random, names));
}

test('the same seed gives the same faults, another one others', () => {
  expect(faultsOf(7, 20)).toEqual(faultsOf(7, 20));
  expect(faultsOf(8, 20)).not.toEqual(faultsOf(7, 20));
});

test('every part is killed and frozen in the long run', () => {
  const seen = new Set(faultsOf(1, 200).map(({ victim, frozenMs }) => `${victim} ${frozenMs === 0}`));
  expect(seen.size).toBe(2 * names.length);
});

test('what was frozen goes on, also where the run is broken off in the middle', async () => {
  const stop = new AbortController();
  const frozen = new Set<string>();
  const victims: Victims = {
    names,
    kill: async () => true,
    async freeze(name) {
      frozen.add(name);
      stop.abort();
      return true;
    },
    async thaw(name) {
      frozen.delete(name);
    },
  };
  // A seed whose first fault is a freeze.
  const seed = [1, 2, 3, 4, 5, 6, 7, 8].find((one) => (faultsOf(one, 1)[0]?.frozenMs ?? 0) > 0) ?? 0;
  expect(await runFaults(victims, createRandom(seed), 60_000, () => {}, stop.signal)).toBe(1);
  expect([...frozen]).toEqual([]);
});
