import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { eck } from '../../operators/eck.ts';
import { prometheusOperator } from '../../operators/prometheus-operator.ts';
import { strimzi } from '../../operators/strimzi.ts';
import { tidbOperator } from '../../operators/tidb-operator.ts';

/** The four operators, in the system's own namespace: Strimzi's rights have to be where Kafka is. */
export class OperatorsChart extends Chart {
  constructor(scope: Construct, id: string, namespace: string) {
    super(scope, id);
    tidbOperator(new Construct(this, 'tidb-operator'), namespace);
    strimzi(new Construct(this, 'strimzi'), namespace);
    eck(new Construct(this, 'eck'), namespace);
    prometheusOperator(new Construct(this, 'prometheus-operator'), namespace);
  }
}
