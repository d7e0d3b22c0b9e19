import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { eck } from '../../operators/eck.ts';
import { prometheusOperator } from '../../operators/prometheus-operator.ts';
import { strimzi } from '../../operators/strimzi.ts';
import { tidbOperator } from '../../operators/tidb-operator.ts';
import type { Profile } from '../../profile/fields.ts';
import type { OperatorName } from '../../profile/operators.ts';

type Install = (scope: Construct, profile: Profile) => void;

const install: Readonly<Record<OperatorName, readonly [id: string, install: Install]>> = {
  tidb: ['tidb-operator', tidbOperator],
  strimzi: ['strimzi', strimzi],
  elastic: ['eck', eck],
  prometheus: ['prometheus-operator', prometheusOperator],
};

/** The operators, in the system's own namespace: Strimzi's rights must be where Kafka is. */
export class OperatorsChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, operators: readonly OperatorName[]) {
    super(scope, id);
    for (const operator of operators) {
      const [name, installIn] = install[operator];
      installIn(new Construct(this, name), profile);
    }
  }
}
