import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { console } from '../../console/kubernetes.ts';
import { consumer } from '../../consumer/kubernetes.ts';
import { filebeatSidecar } from '../../elastic/filebeat-sidecar.ts';
import { elasticWorkloads } from '../../elastic/kubernetes.ts';
import type { ProgramCode } from '../../kit/kubernetes/code.ts';
import { monitoringWorkloads } from '../../monitoring/kubernetes.ts';
import { backsUpTidb } from '../../profile/backup.ts';
import type { Profile } from '../../profile/fields.ts';
import { backupRights } from '../../tidb/backup.ts';
import type { Bundles } from './bundles.ts';
import { disruptionBudgets } from './disruption-budgets.ts';
import { networkPolicies } from './network.ts';
import { programCode } from './programs.ts';
import { createSecrets } from './secrets.ts';

/** All our objects that no operator creates. */
export class PlatformChart extends Chart {
  /** The code of the jobs, also for the Jobs of other charts. */
  readonly jobsCode: ProgramCode;

  constructor(scope: Construct, id: string, profile: Profile, bundles: Bundles) {
    super(scope, id);
    this.jobsCode = programCode(new Construct(this, 'jobs-code'), profile, 'jobs', bundles);
    createSecrets(new Construct(this, 'secrets'), profile, this.jobsCode);
    disruptionBudgets(new Construct(this, 'disruption-budgets'), profile);
    networkPolicies(new Construct(this, 'network'), profile);
    const consumerCode = programCode(new Construct(this, 'consumer-code'), profile, 'consumer', bundles);
    const shipper = filebeatSidecar(new Construct(this, 'filebeat'), profile);
    consumer(new Construct(this, 'consumer'), profile, consumerCode, shipper);
    elasticWorkloads(new Construct(this, 'elastic'), profile, this.jobsCode);
    if (backsUpTidb(profile)) backupRights(new Construct(this, 'backup'), profile);
    monitoringWorkloads(new Construct(this, 'monitoring'), profile);
    if (profile.console !== undefined) {
      const consoleCode = programCode(new Construct(this, 'console-code'), profile, 'console', bundles);
      console(new Construct(this, 'console'), profile, profile.console, consoleCode);
    }
  }
}
