import type { EventsAnswer, EventView } from '../contract.ts';

/** The events on the page, newest first. */
export interface EventList {
  events: readonly EventView[];
  /** Whether there are older events after the last one. */
  more: boolean;
  /** Number of matching events at the last update. Any beyond it are new. */
  total: number;
  /** Ids of the events that the last update added; empty after the first. */
  fresh: ReadonlySet<string>;
}

/** Creates the list from the first answer. */
export function startList({ events, more, total }: EventsAnswer): EventList {
  return { events, more, total, fresh: new Set() };
}

/**
 * Updates the list with the newest page. Events are sorted in by time: one may arrive after another that was committed
 * later. The list keeps its length, so that a page left open does not grow forever.
 */
export function takeNewest(list: EventList, { events, more, total }: EventsAnswer): EventList {
  const known = new Set(list.events.map(({ id }) => id));
  const news = events.filter(({ id }) => !known.has(id));
  if (news.length === 0) return { ...list, total, fresh: new Set() };
  const fresh = new Set(news.map(({ id }) => id));
  // All are new, so there may be unseen events between the list and this page: start over.
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
