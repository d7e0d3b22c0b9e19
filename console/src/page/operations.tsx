import { operations } from '@tidb-cdc/runtime/operations';
import type { OperationsAnswer, PartView } from '../contract.ts';
import { remedyForUnavailable, whyUnavailable } from '../part-text.ts';
import { Doughnut } from './doughnut.tsx';
import { formatCount, formatShare } from './format.ts';
import { Notice, Problem } from './problem.tsx';
import { usePolling } from './use-polling.ts';

/** Operations in the last hour: Prometheus's answer to the query of the Grafana panel. */
export function Operations({ prometheus }: { prometheus: PartView | undefined }) {
  return (
    <section class="panel" aria-labelledby="operations-title" data-testid="operations">
      <h2 id="operations-title">Operations in the last hour</h2>
      {prometheus === undefined || prometheus.state === 'ready' ? <LastHour /> : <Awaited prometheus={prometheus} />}
    </section>
  );
}

function Awaited({ prometheus }: { prometheus: PartView }) {
  if (['failed', 'stopped', 'silent'].includes(prometheus.state))
    return <Problem error={whyUnavailable(prometheus)} remedy={remedyForUnavailable(prometheus)} />;
  return <Notice>{`${whyUnavailable(prometheus)} The pie appears once it is ready.`}</Notice>;
}

function LastHour() {
  const { data, error } = usePolling<OperationsAnswer>('/api/operations', 2000);
  return (
    <>
      {error !== null && !error.isDisconnected && <Problem error={error.message} remedy={error.remedy} />}
      {data !== null && <Pie {...data} />}
    </>
  );
}

function Pie({ counts, query }: OperationsAnswer) {
  const total = operations.reduce((sum, operation) => sum + counts[operation], 0);
  return (
    <>
      <div class="pie">
        <div class="pie-chart">
          <Doughnut counts={counts} />
          <p class="pie-total" aria-hidden="true">
            <strong>{formatCount(total)}</strong> {total === 1 ? 'change' : 'changes'}
          </p>
        </div>
        <table class="legend">
          <thead class="visually-hidden">
            <tr>
              <th scope="col">Operation</th>
              <th scope="col">Count</th>
              <th scope="col">Share</th>
            </tr>
          </thead>
          <tbody>
            {operations.map((operation) => (
              <tr key={operation} data-testid={`operations-${operation}`}>
                <th scope="row">
                  <span class={`swatch swatch-${operation}`} aria-hidden="true" />
                  {operation}
                </th>
                <td data-testid="count">{formatCount(counts[operation])}</td>
                <td class="share">{total === 0 ? '–' : formatShare(counts[operation] / total)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr data-testid="operations-total">
              <th scope="row">total</th>
              <td data-testid="count">{formatCount(total)}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="query">
        <code>{query}</code>
      </p>
    </>
  );
}
