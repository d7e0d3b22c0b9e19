import { useState } from 'preact/hooks';
import { ApiError, post } from './api.ts';

export interface Posting<T> {
  /** Answer to the last request; null before the first. */
  answer: T | null;
  /** Why the last request failed; null if it succeeded. */
  error: ApiError | null;
  isBusy: boolean;
  /** Sends a request; does nothing while another is in progress. */
  send(path: string, body: unknown): Promise<void>;
}

/** Sends the user's requests, one at a time, and keeps the last answer. */
export function usePost<T>(): Posting<T> {
  const [isBusy, setBusy] = useState(false);
  const [{ answer, error }, setLast] = useState<Pick<Posting<T>, 'answer' | 'error'>>({ answer: null, error: null });

  async function send(path: string, body: unknown): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    try {
      setLast({ answer: await post<T>(path, body), error: null });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setLast({ answer: null, error: failure });
    } finally {
      setBusy(false);
    }
  }

  return { answer, error, isBusy, send };
}
