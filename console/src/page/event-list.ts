import type { EventsAnswer, EventView } from '../contract.ts';

/** The events on the page, newest first. */
export interface EventList {
  events: readonly EventView[];
  /** Older events follow the last one. */
  more: boolean;
  /** Events that matched when the list was last brought up to date: what matches beyond them is new. */
  total: number;
  /** Events that came in with the last update; empty after the first. */
  fresh: ReadonlySet<string>;
}

/** The list that one answer makes. */
export function startList({ events, more, total }: EventsAnswer): EventList {
  return { events, more, total, fresh: new Set() };
}

/**
 * Brings the list up to date with the newest page. Events are put where they belong in time: one may come later than
 * another that was committed after it. The list keeps its length, so that a page left open does not grow for ever.
 */
export function takeNewest(list: EventList, { events, more, total }: EventsAnswer): EventList {
  const known = new Set(list.events.map(({ id }) => id));
  const news = events.filter(({ id }) => !known.has(id));
  if (news.length === 0) return { ...list, total, fresh: new Set() };
  const fresh = new Set(news.map(({ id }) => id));
  // All are new: between the list and this page there may be others that nobody has seen.
  if (news.length === events.length && more) return { events, more, total, fresh };
  const merged = [...news, ...list.events].sort(newestFirst);
  const length = Math.max(list.events.length, events.length);
  return { events: merged.slice(0, length), more: list.more || merged.length > length, total, fresh };
}

/** Adds the page that follows the last event. */
export function takeOlder(list: EventList, { events, more }: EventsAnswer): EventList {
  const known = new Set(list.events.map(({ id }) => id));
  return { ...list, events: [...list.events, ...events.filter(({ id }) => !known.has(id))], more };
}

function newestFirst(a: EventView, b: EventView): number {
  for (const [index, left] of a.order.entries()) {
    const right = b.order[index] ?? left;
    if (left !== right) return left < right ? 1 : -1;
  }
  return 0;
}
