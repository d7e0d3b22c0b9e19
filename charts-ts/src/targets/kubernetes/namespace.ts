import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { backsUpTidb, backupNamespace } from '../../profile/backup.ts';
import type { Profile } from '../../profile/fields.ts';

/**
 * The namespace, where every pod of ours and of the operators meets Pod Security's level `restricted`; and the
 * namespace of TiDB's backups, if there are any.
 */
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
