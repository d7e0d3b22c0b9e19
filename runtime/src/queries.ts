/**
 * PromQL for the row changes of the last hour by operation, as exact whole numbers. `anchored` starts from the last
 * sample before the window instead of extrapolating to the window's edges. A new counter's first value counts too,
 * because the consumer exposes when the counter was created (see `prometheusFlags`).
 */
export const operationsInTheLastHour = operationsInTheLast('1h');

/** Returns the same query for another window, such as `90s`. */
export function operationsInTheLast(window: string): string {
  return `sum by (operation) (increase(cdc_events_total[${window}] anchored))`;
}
