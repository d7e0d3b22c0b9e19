import { Counter, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';
import type { Series } from './counter-state.ts';

export interface CounterMetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: Registry[];
  /** Returns what to show. Called at each scrape. */
  readonly series: () => readonly Series[];
}

/** A value with the time at which its series was at 0, ms since the epoch. */
export type CreatedValue = MetricValue<string> & { readonly created: number };

/** A counter that shows numbers kept elsewhere, each with its creation time for OpenMetrics (see open-metrics.ts). */
export class CounterMetric extends Counter<string> {
  readonly #series: () => readonly Series[];

  constructor({ series, ...configuration }: CounterMetricOptions) {
    super(configuration);
    this.#series = series;
  }

  override async get(): Promise<MetricObjectWithValues<CreatedValue>> {
    const family = await super.get();
    return { ...family, values: this.#series().map(({ labels, value, created }) => ({ labels, value, created })) };
  }
}
