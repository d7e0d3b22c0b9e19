import { defined } from '@tidb-cdc/runtime/defined';

/**
 * One history of series, a value a minute in promtool's notation (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series),
 * and what an alert does at its end.
 */
export interface AlertCase {
  readonly name: string;
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after the first value. */
  readonly atMinute: number;
  /** The alerts that fire then; none where it must be silent. */
  readonly firing: readonly FiringAlert[];
}

/** A firing alert: its labels beside name and severity, and the texts as they reach a person. */
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  /** @default the rule's own text, where it has no placeholder */
  readonly summary?: string;
}

/** Histories by the alert that they are about. */
export type AlertCases = Readonly<Record<string, readonly AlertCase[]>>;

/** A history at whose end the alert fires. */
export function fires(
  name: string,
  series: AlertCase['series'],
  atMinute: number,
  labels: FiringAlert['labels'],
  description: string,
  summary?: string,
): AlertCase {
  return { name, series, atMinute, firing: [{ labels, description, ...defined({ summary }) }] };
}

/** A history at whose end the alert must not fire. */
export function silent(name: string, series: AlertCase['series'], atMinute: number): AlertCase {
  return { name, series, atMinute, firing: [] };
}
