import { SettingsError } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { kubernetesTarget } from '../../src/targets/kubernetes.ts';

const open = (profile: string) => kubernetesTarget({ startTimeoutMs: 1_000, profile }).open(() => undefined);

test('a profile without the demo is refused before the cluster is asked', async () => {
  await expect(open('production')).rejects.toThrow(
    new SettingsError(["profile production: demo=false: verify writes to the demo's tables: it must be true"]),
  );
});

test('a profile that is not there is named', async () => {
  await expect(open('nowhere')).rejects.toThrow(/k8s\/profiles\/nowhere\.yaml: cannot be read: ENOENT/);
});
