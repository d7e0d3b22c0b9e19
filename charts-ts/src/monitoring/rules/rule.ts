import type { ScrapeJobName } from '../scrape.ts';

/**
 * What rules depend on besides the target's own jobs: series from the cluster's Prometheus, and whether somebody
 * outside waits for a heartbeat.
 */
export const otherSources = ['cluster', 'heartbeat'] as const;
export type RuleSource = ScrapeJobName | (typeof otherSources)[number];

/** How soon somebody must act: now, at any hour; in working hours; or never, because the alert is meant to fire. */
export type Severity = 'critical' | 'warning' | 'none';

/** An alert as the file of its topic defines it. */
export interface Alert {
  /** Also the heading of its section in docs/operations.md. */
  readonly alert: string;
  readonly expr: string;
  /** How long the expression holds before the alert fires. */
  readonly for: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  /** What this alert needs besides what its group needs. @default nothing */
  readonly needs?: readonly RuleSource[];
}

/** Alerts about one part of the system. */
export interface AlertGroup {
  readonly name: string;
  /** Sources without which the alerts are left out. */
  readonly needs: readonly RuleSource[];
  readonly alerts: readonly Alert[];
}

/** A recording rule. Names are `level:metric:operations`: https://prometheus.io/docs/practices/rules/ */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
