import { Fragment } from 'preact';
import type { EventView } from '../contract.ts';
import { EventDetail } from './event-detail.tsx';
import type { EventList } from './event-list.ts';
import { formatKey, formatTime } from './format.ts';

interface EventTableProps {
  list: EventList;
  /** Ids of the expanded rows. */
  open: ReadonlySet<string>;
  toggle: (id: string) => void;
}

/** Operations have a sign as well as a colour. */
const signs = { insert: '+', update: '~', delete: '−' } as const;

/** Events as expandable rows, or as cards on a narrow page. */
export function EventTable({ list, open, toggle }: EventTableProps) {
  if (list.events.length === 0)
    return <p class="empty">No event matches yet. Make a change and see it come through.</p>;
  return (
    <table class="event-table" aria-labelledby="events-title">
      <thead>
        <tr>
          <th scope="col">Committed</th>
          <th scope="col">Table</th>
          <th scope="col">Operation</th>
          <th scope="col">Key</th>
          <th scope="col">Changed</th>
          <th scope="col">Data</th>
        </tr>
      </thead>
      <tbody>
        {list.events.map((event) => (
          <Fragment key={event.id}>
            <EventRow event={event} isFresh={list.fresh.has(event.id)} isOpen={open.has(event.id)} toggle={toggle} />
            {open.has(event.id) && (
              <tr class="detail-row">
                <td colSpan={6} id={detailId(event)}>
                  <EventDetail event={event} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function EventRow(props: { event: EventView; isFresh: boolean; isOpen: boolean; toggle: (id: string) => void }) {
  const { event, isFresh, isOpen, toggle } = props;
  return (
    <tr class="event" data-testid="event" data-fresh={isFresh} data-open={isOpen}>
      <td class="cell-time">
        <button
          type="button"
          class="opener"
          aria-expanded={isOpen}
          aria-controls={isOpen ? detailId(event) : undefined}
          aria-label={`${event.operation} in ${event.table}, key ${formatKey(event.primaryKey)}, ${formatTime(event.committedAt)}`}
          onClick={() => toggle(event.id)}
        >
          <time dateTime={event.committedAt}>{formatTime(event.committedAt)}</time>
        </button>
      </td>
      <td class="cell-table">{event.table}</td>
      <td class="cell-operation">
        <span class={`operation operation-${event.operation}`}>
          <span aria-hidden="true">{signs[event.operation]}</span> {event.operation}
        </span>
      </td>
      <td class="cell-key">{formatKey(event.primaryKey)}</td>
      <td class="cell-changed">{event.changed.join(', ')}</td>
      <td class="cell-data">{summary(event)}</td>
    </tr>
  );
}

/** One line with the most telling values: the changed ones, or else those outside the key. */
function summary({ data, changed, primaryKey }: EventView): string {
  const columns = changed.length > 0 ? changed : Object.keys(data).filter((column) => !(column in primaryKey));
  return columns
    .map((column) => `${column} ${(data[column] ?? 'NULL').slice(0, 60)}`)
    .join(' · ')
    .slice(0, 200);
}

function detailId({ id }: EventView): string {
  return `detail-${id}`;
}
