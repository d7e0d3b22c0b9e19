import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { backsUpTidb, backupNamespace } from '../../profile/backup.ts';
import type { Profile } from '../../profile/fields.ts';

/** The namespace, in which every pod keeps to Pod Security's level `restricted`: ours, and those of the operators; and
 * that of TiDB's backups, where there are some. */
export class NamespaceChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile) {
    super(scope, id);
    const { namespace } = profile;
    this.add(namespace, 'restricted');
    if (backsUpTidb(profile)) this.add(backupNamespace(namespace), 'baseline');
  }

  private add(name: string, level: 'restricted' | 'baseline'): void {
    new k8s.KubeNamespace(this, name, {
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/part-of': 'tidb-cdc',
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/audit': level,
          'pod-security.kubernetes.io/warn': level,
        },
      },
    });
  }
}
