import { defined } from '@tidb-cdc/runtime/defined';
import type { ErrorAnswer } from '../contract.ts';

/** Why a request failed, in words for the user. */
export class ApiError extends Error {
  readonly code: string | undefined;
  readonly remedy: string | undefined;
  /** The console itself did not respond: the whole page is out of date. */
  readonly isDisconnected: boolean;

  constructor({ error, code, remedy }: ErrorAnswer, options: { isDisconnected: boolean; cause?: unknown }) {
    super(error, { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.isDisconnected = options.isDisconnected;
  }
}

/**
 * Response to `GET path`. The server limits how long each part may take.
 * @throws ApiError, also when the signal aborts the request
 */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call(path, defined({ signal }));
}

/** Response to `POST path` with a JSON body. */
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

/** A truncated response counts as none. */
async function send(path: string, request: RequestInit): Promise<{ ok: boolean; answer: unknown }> {
  try {
    const response = await fetch(path, request);
    return { ok: response.ok, answer: await response.json() };
  } catch (cause) {
    const answer = {
      error: 'The console does not answer.',
      remedy: 'If the system was stopped, start it again: this page then reconnects.',
    };
    throw new ApiError(answer, { isDisconnected: true, cause });
  }
}
