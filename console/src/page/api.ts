import { defined } from '@tidb-cdc/runtime/defined';
import type { ErrorAnswer } from '../contract.ts';

/** Why the console gave no answer that can be shown, in words for the person at the page. */
export class ApiError extends Error {
  readonly code: string | undefined;
  readonly remedy: string | undefined;
  /** The console itself did not answer: everything on the page is as it was before. */
  readonly isDisconnected: boolean;

  constructor({ error, code, remedy }: ErrorAnswer, options: { isDisconnected: boolean; cause?: unknown }) {
    super(error, { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.isDisconnected = options.isDisconnected;
  }
}

/**
 * Answer of `GET path`. The server bounds each question to a part.
 * @throws ApiError, also where the signal aborts it
 */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call(path, defined({ signal }));
}

/**
 * Answer of `POST path` with a JSON body.
 * @throws ApiError
 */
export function post<T>(path: string, body: unknown): Promise<T> {
  return call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function call<T>(path: string, request: RequestInit): Promise<T> {
  const { ok, answer } = await send(path, request);
  if (!ok) throw new ApiError(answer as ErrorAnswer, { isDisconnected: false });
  return answer as T;
}

/** An answer that breaks off in the middle is none. */
async function send(path: string, request: RequestInit): Promise<{ ok: boolean; answer: unknown }> {
  try {
    const response = await fetch(path, request);
    return { ok: response.ok, answer: await response.json() };
  } catch (cause) {
    const answer = {
      error: 'The console does not answer.',
      remedy: 'If the system was stopped, start it again; this page then goes on by itself.',
    };
    throw new ApiError(answer, { isDisconnected: true, cause });
  }
}
