import { operations } from '@tidb-cdc/runtime/operations';
import { useCallback, useState } from 'preact/hooks';
import type { PartView, TablesAnswer } from '../contract.ts';
import { whyUnavailable } from '../part-text.ts';
import { EventTable } from './event-table.tsx';
import { formatCount } from './format.ts';
import { Notice, Problem } from './problem.tsx';
import { type Filter, useEvents } from './use-events.ts';
import { usePolling } from './use-polling.ts';
import { useScrolledPast } from './use-scrolled-past.ts';

const everything: Filter = { table: '', operation: '', text: '' };

/** The raw change events, newest first and live. */
export function Events({ filebeat }: { filebeat: PartView | undefined }) {
  const [filter, setFilter] = useState(everything);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [top, isScrolled] = useScrolledPast<HTMLDivElement>();
  const isHeld = open.size > 0 || isScrolled;
  const { list, waiting, error, loadMore, isLoadingMore } = useEvents(filter, isHeld);

  const toggle = useCallback((id: string) => setOpen((before) => toggled(before, id)), []);
  const change = (next: Filter) => {
    setOpen(new Set());
    setFilter(next);
  };
  const resume = () => {
    setOpen(new Set());
    top.current?.scrollIntoView({ block: 'start' });
  };

  return (
    <section class="panel events" aria-labelledby="events-title" data-testid="events">
      <div class="panel-head" ref={top}>
        <h2 id="events-title">Raw CDC events</h2>
        <p class="live" data-held={isHeld || error !== null} data-testid="live">
          {liveness(open.size > 0, isScrolled, error !== null)}
          {list !== null && ` · ${formatCount(list.total + (isHeld ? waiting : 0))} found`}
        </p>
      </div>
      <Filters filter={filter} change={change} />
      {filebeat !== undefined && filebeat.state !== 'ready' && (
        <Notice>{`${whyUnavailable(filebeat)} Changes are counted and logged meanwhile, and appear here once it runs.`}</Notice>
      )}
      {error !== null && !error.isDisconnected && <Problem error={error.message} remedy={error.remedy} />}
      {isHeld && waiting > 0 && (
        <div class="news">
          <button type="button" onClick={resume}>
            {waiting === 1 ? 'Show 1 new event' : `Show ${formatCount(waiting)} new events`}
          </button>
        </div>
      )}
      {list !== null && <EventTable list={list} open={open} toggle={toggle} />}
      {list?.more && (
        <button type="button" class="more" disabled={isLoadingMore} onClick={() => void loadMore()}>
          Load more
        </button>
      )}
    </section>
  );
}

function liveness(isOpen: boolean, isScrolled: boolean, isFailing: boolean): string {
  if (isFailing) return 'no answer';
  if (isOpen) return 'paused: a row is open';
  return isScrolled ? 'paused: scrolled' : 'live';
}

function Filters({ filter, change }: { filter: Filter; change: (filter: Filter) => void }) {
  const { data } = usePolling<TablesAnswer>('/api/tables', 5000);
  const set = (name: keyof Filter) => (event: Event) => {
    change({ ...filter, [name]: (event.currentTarget as HTMLInputElement | HTMLSelectElement).value });
  };
  return (
    <search class="filters">
      <label>
        <span>Table</span>
        <select value={filter.table} onChange={set('table')}>
          <option value="">all tables</option>
          {data?.tables.map((table) => (
            <option key={table} value={table}>
              {table}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Operation</span>
        <select value={filter.operation} onChange={set('operation')}>
          <option value="">all operations</option>
          {operations.map((operation) => (
            <option key={operation} value={operation}>
              {operation}
            </option>
          ))}
        </select>
      </label>
      <label class="filter-text">
        <span>Text</span>
        <input
          type="search"
          value={filter.text}
          maxLength={200}
          placeholder="in a key or a value"
          onInput={set('text')}
        />
      </label>
    </search>
  );
}

function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(id)) next.add(id);
  return next;
}
