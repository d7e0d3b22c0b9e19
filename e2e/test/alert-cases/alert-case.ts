import { defined } from '@tidb-cdc/runtime/defined';

/**
 * A history of series, one value per minute in promtool's notation
 * (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series), and what an alert does at
 * its end.
 */
export interface AlertCase {
  readonly name: string;
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after the first value. */
  readonly atMinute: number;
  /** The alerts that must fire then; empty if none may. */
  readonly firing: readonly FiringAlert[];
}

/** A firing alert: its labels other than name and severity, and its texts as the receiver sees them. */
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  /** @default the rule's own text, if it has no placeholder */
  readonly summary?: string;
}

/** Alert name → histories. */
export type AlertCases = Readonly<Record<string, readonly AlertCase[]>>;

/** A history at the end of which the alert fires. */
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

/** A history at the end of which the alert must not fire. */
export function silent(name: string, series: AlertCase['series'], atMinute: number): AlertCase {
  return { name, series, atMinute, firing: [] };
}
