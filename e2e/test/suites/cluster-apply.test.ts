import { expect, test } from 'vitest';
import { applyFolder, changedLines } from '../../src/cluster/apply.ts';
import { customResourcesFolder, distFolder, Manifests, sortedNames } from '../../src/cluster/manifests.ts';
import { describeOnCluster } from '../cluster-stage.ts';

const dist = (): Manifests => new Manifests(distFolder);

describeOnCluster('kubectl apply -f dist/', (stage) => {
  test('takes every object at once on a fresh cluster', async () => {
    const lines = await applyFolder(stage().plane.kubectl, distFolder);
    expect(lines).toHaveLength(dist().objects.length);
    expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
  });

  test('changes nothing when it is repeated', async () => {
    const lines = await applyFolder(stage().plane.kubectl, distFolder);
    expect(lines).toHaveLength(dist().objects.length);
    expect(changedLines(lines)).toEqual([]);
  });

  test('leaves no difference between dist/ and the cluster', async () => {
    const { kubectl } = stage().plane;
    await expect(kubectl.run(['diff', '-f', distFolder], { timeoutMs: 240_000 })).resolves.toBe('');
  });

  test('names each object once', () => {
    const names = sortedNames(dist().objects);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each([
    ['dist', distFolder],
    ['dist/crs', customResourcesFolder],
  ])('the server checks all of %s strictly in a dry run', async (_name, folder) => {
    const args = [
      '--server-side',
      '--force-conflicts',
      '--dry-run=server',
      '--validate=strict',
      '--field-manager=check',
    ];
    const output = await stage().plane.kubectl.run(['apply', ...args, '-f', folder]);
    expect(output.match(/ serverside-applied \(server dry run\)$/gm)).toHaveLength(
      new Manifests(folder).objects.length,
    );
  });
});
