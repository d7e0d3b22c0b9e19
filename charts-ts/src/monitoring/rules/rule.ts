import type { ScrapeJobName } from '../scrape.ts';

/** How soon somebody has to look: now, whatever the hour, or in working hours. */
export type Severity = 'critical' | 'warning';

/** An alert as its topic's file says it. */
export interface Alert {
  /** Also the heading of its section in docs/operations.md. */
  readonly alert: string;
  readonly expr: string;
  /** How long the expression holds before the alert fires. */
  readonly for: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
}

/** Alerts about one part of the system. */
export interface AlertGroup {
  readonly name: string;
  /** Jobs without which the expressions have nothing to look at. */
  readonly needs: readonly ScrapeJobName[];
  readonly alerts: readonly Alert[];
}

/** A recording rule. Names are `level:metric:operations`, https://prometheus.io/docs/practices/rules/. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
