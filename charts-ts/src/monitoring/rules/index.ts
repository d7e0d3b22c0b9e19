import { type OperatorName, operatorNames } from '../../profile/operators.ts';
import { changefeedAlerts } from './changefeed.ts';
import { consumerAlerts } from './consumer.ts';
import { clusterAlerts, databaseAlerts, heartbeat, kafkaAlerts, targetAlerts } from './platform.ts';
import { recordingRules } from './recording.ts';
import type { Alert, AlertGroup, RuleSource } from './rule.ts';
import { searchAlerts } from './search.ts';

export { otherSources } from './rule.ts';

export interface RulesOptions {
  /** Jobs that the target scrapes, and other sources. Rules about anything else could never fire and are left out. */
  readonly jobs: readonly RuleSource[];
  /** Operators that are needed; alerts watch their pods through the cluster's Prometheus. @default all */
  readonly operators?: readonly OperatorName[];
  /** URL of docs/operations.md for the people who get alerts. @default its path in the repository */
  readonly runbook?: string;
}

/** A rule in the format of Prometheus and of a PrometheusRule. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A rules file, which is also the `spec` of a PrometheusRule. */
export interface RulesFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

function groupsOf(operators: readonly OperatorName[]): readonly AlertGroup[] {
  return [
    consumerAlerts,
    changefeedAlerts,
    searchAlerts,
    databaseAlerts,
    kafkaAlerts,
    targetAlerts,
    clusterAlerts(operators),
    heartbeat,
  ];
}

/** All alerts, by topic, in the order of docs/operations.md. */
export const alertGroups = groupsOf(operatorNames);

/** Recording and alert rules of a system, as plain data; the caller writes them as YAML. */
export function rules({ jobs, operators = operatorNames, runbook = 'docs/operations.md' }: RulesOptions): RulesFile {
  const isPresent = ({ needs = [] }: { readonly needs?: readonly RuleSource[] }) =>
    needs.every((job) => jobs.includes(job));
  const present = groupsOf(operators).filter(isPresent);
  return {
    groups: [
      { name: 'cdc-recording', rules: recordingRules.map(({ record, expr }) => ({ record, expr })) },
      ...present.map(({ name, alerts }) => ({
        name,
        rules: alerts.filter(isPresent).map((alert) => alertRule(alert, runbook)),
      })),
    ],
  };
}

function alertRule({ alert, expr, for: duration, severity, summary, description }: Alert, runbook: string): Rule {
  return {
    alert,
    expr,
    for: duration,
    labels: { severity },
    // GitHub's anchor of a heading is its text in lower case.
    annotations: { summary, description, runbook_url: `${runbook}#${alert.toLowerCase()}` },
  };
}
