import { describe, expect, test } from 'vitest';
import { customResources } from '../../src/targets/kubernetes/custom-resources.ts';
import { manifestsOf } from '../support/manifests.ts';
import { kindWithImages, kind as onKind, own, production } from '../support/profiles.ts';

interface Component {
  readonly requests: Readonly<Record<string, string>>;
  readonly config: string;
  readonly storageVolumes: readonly { readonly mountPath: string; readonly storageSize: string }[];
}

describe.each([
  ['kind', onKind],
  ['production', production],
] as const)('the TidbCluster of %s', (_, profile) => {
  const spec = customResources(profile).find(({ kind }) => kind === 'TidbCluster')?.spec as Readonly<
    Record<string, Component>
  >;

  test('lets TiCDC sort on a volume of its own, not on the disk of the node', () => {
    const { ticdc } = spec;
    expect(ticdc?.storageVolumes).toMatchObject([{ storageSize: own(profile.tidb).ticdc.storage }]);
    expect(ticdc?.config).toContain(`data-dir = "${ticdc?.storageVolumes[0]?.mountPath}"`);
    expect(ticdc?.requests).toHaveProperty('ephemeral-storage');
  });

  test("gives TiKV a laptop's limits on a laptop only, and time to move its leaders", () => {
    const { config = '' } = spec.tikv ?? {};
    const { small } = own(profile.tidb).tikv;
    expect(/max-open-files/.test(config)).toBe(small);
    expect(/reserve-space/.test(config)).toBe(small);
    expect(spec.tikv).not.toHaveProperty('evictLeaderTimeout');
  });

  test('runs everything as a user without a capability', () => {
    expect(spec.podSecurityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const component of ['pd', 'tikv', 'tidb', 'ticdc', 'discovery']) {
      expect(spec[component], component).toMatchObject({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      });
    }
  });
});

test("the password of TiDB's root is in a Secret of ours, which stays when the cluster is deleted", () => {
  const files = manifestsOf(kindWithImages).find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'create-secrets',
  );
  const definitions = JSON.parse(files?.data?.['secrets.json'] ?? '[]') as { name: string }[];
  expect(definitions.find(({ name }) => name === 'cdc-init')).toMatchObject({ type: 'Opaque', generate: ['root'] });
});
