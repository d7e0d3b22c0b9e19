import { operationsInTheLastHour } from '@tidb-cdc/runtime/queries';
import { fetchJson, type HttpPart } from './backend.ts';
import type { OperationsAnswer } from './contract.ts';

interface InstantVector {
  data: { result: { metric: { operation?: string }; value: [time: number, value: string] }[] };
}

/**
 * The pie: Prometheus's answer to the same query as the Grafana panel. An operation without a series has not happened
 * and counts as 0.
 * @throws BackendError when Prometheus gives no answer
 */
export async function operationsOfTheLastHour(prometheus: HttpPart): Promise<OperationsAnswer> {
  const query = operationsInTheLastHour;
  const { data } = await fetchJson<InstantVector>(prometheus, `/api/v1/query?${new URLSearchParams({ query })}`);
  const count = (operation: string) =>
    Number(data.result.find(({ metric }) => metric.operation === operation)?.value[1] ?? 0);
  return { counts: { insert: count('insert'), update: count('update'), delete: count('delete') }, query };
}
