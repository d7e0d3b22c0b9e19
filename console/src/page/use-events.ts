import { useEffect, useState } from 'preact/hooks';
import type { EventsAnswer } from '../contract.ts';
import { ApiError, get } from './api.ts';
import { type EventList, startList, takeNewest, takeOlder } from './event-list.ts';
import { usePolling } from './use-polling.ts';

/** The user's filter; an empty string matches everything. */
export interface Filter {
  table: string;
  operation: string;
  text: string;
}

export interface LiveEvents {
  /** null until the first answer. */
  list: EventList | null;
  /** Number of events that arrived while the list was paused. */
  waiting: number;
  error: ApiError | null;
  loadMore(): Promise<void>;
  isLoadingMore: boolean;
}

/** Matching events, at most a second old. `isHeld` pauses the list. */
export function useEvents(filter: Filter, isHeld: boolean): LiveEvents {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
  const { data, error } = usePolling<EventsAnswer>(`/api/events?${query}`, 1000);
  const [shown, setShown] = useState<{ query: string; list: EventList } | null>(null);
  const [older, setOlder] = useState<{ isLoading: boolean; error: ApiError | null }>({ isLoading: false, error: null });
  const list = shown?.query === query ? shown.list : null;

  useEffect(() => {
    if (data === null) return;
    setShown((before) => {
      if (before?.query !== query) return { query, list: startList(data) };
      return isHeld ? before : { query, list: takeNewest(before.list, data) };
    });
  }, [data, isHeld, query]);

  async function loadMore(): Promise<void> {
    const last = list?.events.at(-1);
    if (last === undefined || older.isLoading) return;
    setOlder({ isLoading: true, error: null });
    try {
      const path = `/api/events?${query}&before=${last.cursor}`;
      const answer = await get<EventsAnswer>(path);
      // If the filter has changed in the meantime, drop this answer: it belongs to the old list.
      setShown((before) => (before?.query === query ? { query, list: takeOlder(before.list, answer) } : before));
      setOlder({ isLoading: false, error: null });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setOlder({ isLoading: false, error });
    }
  }

  const waiting = list !== null && data !== null ? Math.max(0, data.total - list.total) : 0;
  return { list, waiting, error: error ?? older.error, loadMore, isLoadingMore: older.isLoading };
}
