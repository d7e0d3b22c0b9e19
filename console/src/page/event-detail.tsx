import type { EventView, Row } from '../contract.ts';

/** One event in full: each column before and after the change, and where the event comes from. */
export function EventDetail({ event }: { event: EventView }) {
  const { operation, data, changed, keysOnly, cut } = event;
  const before = operation === 'insert' ? undefined : operation === 'delete' ? data : { ...data, ...event.old };
  const after = operation === 'delete' ? undefined : data;
  const labels = operation === 'update' ? { before: 'Before', after: 'After' } : oneImage;
  return (
    <div class="detail" data-testid="event-detail">
      <table class="images">
        <thead>
          <tr>
            <th scope="col">Column</th>
            {before !== undefined && <th scope="col">{labels.before}</th>}
            {after !== undefined && <th scope="col">{labels.after}</th>}
          </tr>
        </thead>
        <tbody>
          {columnsOf(event).map((column) => (
            <tr key={column} data-changed={changed.includes(column)} data-testid={`column-${column}`}>
              <th scope="row">
                {column}
                {column in event.primaryKey && <span class="mark">key</span>}
                {changed.includes(column) && <span class="mark mark-changed">changed</span>}
              </th>
              {before !== undefined && <Value row={before} column={column} label={labels.before} />}
              {after !== undefined && <Value row={after} column={column} label={labels.after} />}
            </tr>
          ))}
        </tbody>
      </table>
      {keysOnly && <p class="hint">The row was too large for Kafka: its message has only the key.</p>}
      {cut !== null && <p class="hint">{cuts[cut]}</p>}
      <Origin event={event} />
    </div>
  );
}

const oneImage = { before: 'Deleted row', after: 'New row' } as const;

const cuts = {
  'by the consumer': 'The row was too large for one line of the event log: its longest values are truncated.',
  'for this page': 'Values are truncated to 2,000 characters here; Elasticsearch has the full values.',
} as const;

/** Each cell carries its column's label, because a narrow page has no table head. */
function Value({ row, column, label }: { row: Row; column: string; label: string }) {
  const value = row[column];
  const kind = value === undefined || value === '' ? 'absent' : value === null ? 'null' : 'text';
  return (
    <td data-label={label} class={kind}>
      {value === undefined ? 'not sent' : value === null ? 'NULL' : value || 'empty'}
    </td>
  );
}

function Origin({ event }: { event: EventView }) {
  const { source, commitTs, id, committedAt } = event;
  return (
    <dl class="origin">
      <dt>committed</dt>
      <dd>{committedAt}</dd>
      {commitTs !== undefined && <dt>commit TSO</dt>}
      {commitTs !== undefined && <dd>{commitTs}</dd>}
      <dt>topic · partition · offset</dt>
      <dd>
        {source.topic} · {source.partition} · {source.offset}
      </dd>
      <dt>id</dt>
      <dd>{id}</dd>
    </dl>
  );
}

/** Key columns come first. */
function columnsOf({ primaryKey, data, old = {} }: EventView): string[] {
  return [...new Set([primaryKey, data, old].flatMap((image) => Object.keys(image)))];
}
