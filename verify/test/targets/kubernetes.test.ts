import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { expect, test } from 'vitest';
import { kubernetesTarget } from '../../src/targets/kubernetes.ts';

const open = (profile: string) => kubernetesTarget({ startTimeoutMs: 1_000, profile }).open(() => undefined);

test('a profile without the demo is refused before the cluster is asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-kubernetes-'));
  try {
    const file = join(folder, 'mine.yaml');
    const kind = readFileSync(repositoryFile('k8s', 'profiles', 'kind.yaml'), 'utf8');
    writeFileSync(file, kind.replace('demo: true', 'demo: false'));
    await expect(open(file)).rejects.toThrow(
      `profile ${file}: demo=false: verify writes to the demo's tables: it must be true`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a profile that is not there is named', async () => {
  await expect(open('nowhere')).rejects.toThrow(/k8s\/profiles\/nowhere\.yaml: cannot be read: ENOENT/);
});
