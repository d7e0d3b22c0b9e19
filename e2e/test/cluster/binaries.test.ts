import { expect, test } from 'vitest';
import versions from '../../../versions.json' with { type: 'json' };
import { binaryEntry, binaryVersion, type ClusterBinary, clusterBinaries } from '../../src/cluster/binaries.ts';

test('each program has a cache entry of its own, named with its version', () => {
  const names = clusterBinaries.map((binary) => binaryEntry(binary).name);
  expect(new Set(names).size).toBe(clusterBinaries.length);
  for (const [index, binary] of clusterBinaries.entries()) {
    expect(names[index]).toMatch(new RegExp(`^${binary}-${binaryVersion(binary)}-[0-9a-f]{12}$`));
  }
});

const operators: readonly ClusterBinary[] = ['prometheus-operator', 'eck-operator', 'tidb-operator'];

test.each(operators)('%s is built in the version whose image dist/ runs', (operator) => {
  const image = Object.values(versions.kubernetes.images).find((name) => name.includes(`/${operator}:`));
  expect(image?.split(':')[1]?.replace(/^v?/, 'v')).toBe(binaryVersion(operator));
});
