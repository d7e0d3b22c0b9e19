import type { ScrapeJobName } from '../scrape.ts';

/**
 * What rules look at beside a target's own jobs: series of the cluster that its Prometheus has, and whether somebody
 * outside waits for a heartbeat.
 */
export const otherSources = ['cluster', 'heartbeat'] as const;
export type RuleSource = ScrapeJobName | (typeof otherSources)[number];

/** How soon somebody has to look: now, whatever the hour; in working hours; or never, since it is meant to fire. */
export type Severity = 'critical' | 'warning' | 'none';

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
  /** What this one needs beside what its group does. @default nothing */
  readonly needs?: readonly RuleSource[];
}

/** Alerts about one part of the system. */
export interface AlertGroup {
  readonly name: string;
  /** Without these the expressions have nothing to look at, or nobody. */
  readonly needs: readonly RuleSource[];
  readonly alerts: readonly Alert[];
}

/** A recording rule. Names are `level:metric:operations`, https://prometheus.io/docs/practices/rules/. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
