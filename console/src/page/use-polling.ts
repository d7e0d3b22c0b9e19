import { useEffect, useState } from 'preact/hooks';
import { ApiError, get } from './api.ts';

export interface Polled<T> {
  /** The last answer; kept while later requests fail. */
  data: T | null;
  /** Why the last request failed; null if it succeeded. */
  error: ApiError | null;
}

/**
 * Polls `path`, `pause` milliseconds after each answer, so that requests never overlap. Pauses while the page is hidden
 * and polls at once when it is visible again. A new path starts over.
 */
export function usePolling<T>(path: string, pause: number): Polled<T> {
  const [polled, setPolled] = useState<Polled<T> & { path: string }>({ path, data: null, error: null });
  useEffect(() => {
    const stop = new AbortController();
    void poll<T>(path, pause, stop.signal, (answer) => {
      setPolled((before) => ({ path, data: before.path === path ? before.data : null, error: null, ...answer }));
    });
    return () => stop.abort();
  }, [path, pause]);
  return polled.path === path ? polled : { data: null, error: null };
}

async function poll<T>(
  path: string,
  pause: number,
  signal: AbortSignal,
  take: (answer: { data: T } | { error: ApiError }) => void,
): Promise<void> {
  while (!signal.aborted) {
    const answer = await question<T>(path, signal);
    if (signal.aborted) return;
    take(answer);
    await wait(pause, signal);
    if (document.hidden) await untilSeen(signal);
  }
}

async function question<T>(path: string, signal: AbortSignal): Promise<{ data: T } | { error: ApiError }> {
  try {
    return { data: await get<T>(path, signal) };
  } catch (error) {
    if (error instanceof ApiError) return { error };
    throw error;
  }
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      window.clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = window.setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

function untilSeen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done);
  });
}
