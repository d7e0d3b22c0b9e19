/**
 * Row changes of the last hour by operation, whole and exact: `anchored` takes the last sample before the window as
 * its start instead of stretching to the window's edges, and a counter's birth counts because the consumer tells when
 * it was created (see `prometheusFlags`).
 */
export const operationsInTheLastHour = operationsInTheLast('1h');

/** The same question for another window, such as `90s`. */
export function operationsInTheLast(window: string): string {
  return `sum by (operation) (increase(cdc_events_total[${window}] anchored))`;
}
