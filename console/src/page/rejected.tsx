import type { RejectedAnswer } from '../contract.ts';
import { formatCount, formatTime } from './format.ts';
import { Problem } from './problem.tsx';
import { usePolling } from './use-polling.ts';

/** Documents that Elasticsearch refused. They are counted and logged, but only this panel shows them. */
export function Rejected() {
  const { data, error } = usePolling<RejectedAnswer>('/api/rejected', 5000);
  return (
    <section class="panel" aria-labelledby="rejected-title" data-testid="rejected">
      <h2 id="rejected-title">Rejected documents</h2>
      {error !== null && !error.isDisconnected && <Problem error={error.message} remedy={error.remedy} />}
      {data !== null && <Documents {...data} />}
    </section>
  );
}

function Documents({ documents, total }: RejectedAnswer) {
  if (total === 0) return <p class="hint">None: Elasticsearch accepted every event.</p>;
  return (
    <>
      <ul class="letters">
        {documents.map(({ id, at, reason, document }) => (
          <li key={id} data-testid="rejected-document">
            <details>
              <summary>
                {at === null ? 'no time' : <time dateTime={at}>{formatTime(at)}</time>} {reason.slice(0, 80)}
              </summary>
              <p>{reason}</p>
              <pre>{document}</pre>
            </details>
          </li>
        ))}
      </ul>
      {total > documents.length && (
        <p class="hint">
          The newest {documents.length} of {formatCount(total)}.
        </p>
      )}
    </>
  );
}
