import { inNamespace } from '../namespace-selector.ts';
import type { RulesFile } from './index.ts';

/**
 * Rules for a shared Prometheus: they read the series of one namespace, and what they record and alert on has its
 * label.
 */
export function rulesOfNamespace({ groups }: RulesFile, namespace: string): RulesFile {
  return {
    groups: groups.map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => ({
        ...rule,
        expr: inNamespace(rule.expr, namespace),
        labels: { ...rule.labels, namespace },
      })),
    })),
  };
}
