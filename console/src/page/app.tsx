import { useEffect, useState } from 'preact/hooks';
import type { StateAnswer } from '../contract.ts';
import { partTitles } from '../part-text.ts';
import { Changes } from './changes.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Events } from './events.tsx';
import { Figures } from './figures.tsx';
import { Operations } from './operations.tsx';
import { Pipeline } from './pipeline.tsx';
import { Problem } from './problem.tsx';
import { Rejected } from './rejected.tsx';
import { readings } from './sparkline.tsx';
import { usePolling } from './use-polling.ts';

/** The whole page. Everything on it follows from the system's state, which is polled every second. */
export function App() {
  const { data: state, error } = usePolling<StateAnswer>('/api/state', 1000);
  const rates = useRates(state);
  return (
    <>
      <header class="top">
        <h1>
          tidb-cdc <span class="subtitle">every row change, counted and searchable</span>
        </h1>
        {state !== null && error === null && <Summary state={state} />}
      </header>
      <main data-stale={error !== null}>
        {error !== null && (
          <div class="disconnected">
            <Problem error={error.message} remedy={error.remedy} />
          </div>
        )}
        {state !== null && (
          <>
            <Pipeline state={state} />
            <Figures state={state} rates={rates} />
            <div class="columns">
              <div class="side">
                {state.sql !== null && <Changes sql={state.sql} />}
                <Operations prometheus={state.parts.find(({ name }) => name === 'prometheus')} />
                <DeadLetters />
                <Rejected />
              </div>
              <Events filebeat={state.parts.find(({ name }) => name === 'filebeat')} />
            </div>
          </>
        )}
      </main>
    </>
  );
}

function Summary({ state: { parts } }: { state: StateAnswer }) {
  const others = parts.filter(({ state }) => state !== 'ready').map(({ name }) => partTitles[name].title);
  const ready = `${parts.length - others.length} of ${parts.length} parts are ready`;
  return (
    <p class="summary" role="status" data-testid="summary" data-complete={others.length === 0}>
      {others.length === 0 ? `All ${parts.length} parts are ready` : `${ready}, not ready: ${others.join(', ')}`}
    </p>
  );
}

function useRates(state: StateAnswer | null): readonly number[] {
  const [rates, setRates] = useState<readonly number[]>([]);
  useEffect(() => {
    const rate = state?.consumer?.eventsPerSecond;
    if (typeof rate === 'number') setRates((before) => [...before, rate].slice(-readings));
  }, [state]);
  return rates;
}
