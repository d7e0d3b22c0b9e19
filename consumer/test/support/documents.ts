import type { EventDocument } from '../../src/event-document.ts';

/** Returns the event of a row. `note` can make it as long as needed. */
export function documentOf(offset: number, note = 'x'): EventDocument {
  return {
    '@timestamp': '2026-01-02T03:04:05.678Z',
    event: { id: `cdc-events-0-${offset}`, action: 'insert', dataset: 'cdc.events' },
    cdc: {
      schema: 'shop',
      table: 'orders',
      primary_key: { order_id: String(offset) },
      data: { order_id: String(offset), note },
      source: { topic: 'cdc-events', partition: 0, offset: String(offset) },
    },
  };
}

/** Returns the offsets of the events in the text of an event log. @throws Error when a line is not whole */
export function offsetsIn(text: string): number[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line has no end: …${text.slice(-40)}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number((JSON.parse(line) as EventDocument).cdc.source.offset));
}
