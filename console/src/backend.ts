import { lookup } from 'node:dns/promises';
import { defined } from '@tidb-cdc/runtime/defined';
import { AnswerTooLargeError, basicAuthorization, fetchAnswer } from '@tidb-cdc/runtime/http';
import type { Login } from '@tidb-cdc/runtime/login';

/** HTTP address of a part, and how to log in. */
export interface HttpPart {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly login?: Login;
  /** PEM text of the CA that issued its certificate. */
  readonly ca?: string;
}

/** A part could not be reached or did not return a 2xx status. */
export class BackendError extends Error {
  /** HTTP status of the response; undefined when there was none. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'BackendError';
    this.status = options.status;
  }
}

/** How long a part may take to respond, in milliseconds. */
const patience = 3000;
/** Longest response of a part, in bytes. Once read and parsed, it takes several times as much memory. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Text of a part's response to a GET, or to a POST when there is a body (sent as JSON).
 * @throws BackendError when there is no response within 3 s or its status is not 2xx
 * @throws AnswerTooLargeError
 */
export async function fetchText(
  { url, login, ca }: HttpPart,
  path: string,
  options: { accept?: string; body?: unknown } = {},
): Promise<string> {
  const { accept = 'application/json', body } = options;
  const authorization = login && basicAuthorization(login);
  const { status, text } = await orBackendError(
    fetchAnswer(`${url}${path}`, {
      headers: { accept, ...defined({ authorization }), ...(body === undefined ? {} : sendsJson) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      ...defined({ ca }),
      timeoutMs: patience,
      maxBytes,
    }),
    url,
  );
  if (status < 200 || status > 299) {
    throw new BackendError(`${url}${path} answered ${status}: ${text.slice(0, 500)}`, { status });
  }
  return text;
}

const sendsJson = { 'content-type': 'application/json' };

/**
 * Like `fetchText`, for a response in JSON.
 * @throws BackendError also when the response is not JSON
 */
export async function fetchJson<T>(part: HttpPart, path: string, options: { body?: unknown } = {}): Promise<T> {
  const text = await fetchText(part, path, options);
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new BackendError(`${part.url}${path} did not answer JSON: ${text.slice(0, 500)}`, { cause });
  }
}

/**
 * Returns the part once per IP address of its host name. For a headless Service, that is once per pod.
 * @throws BackendError when the name has no address
 */
export async function everyAddress(part: HttpPart): Promise<readonly HttpPart[]> {
  const url = new URL(part.url);
  const addresses = await orBackendError(lookup(url.hostname.replaceAll(/[[\]]/g, ''), { all: true }), part.url);
  // A dual-stack host has one address of each family: keep one family.
  const kind = Math.min(...addresses.map(({ family }) => family));
  return addresses
    .filter(({ family }) => family === kind)
    .map(({ address, family }) => ({
      ...part,
      url: `${url.protocol}//${family === 6 ? `[${address}]` : address}:${url.port || 80}`,
    }));
}

async function orBackendError<T>(answer: Promise<T>, url: string): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof AnswerTooLargeError) throw cause;
    throw new BackendError(`${url} does not answer`, { cause });
  }
}

/**
 * Asks for `many` documents, and for `few` if that response is too large. A document has at most 1 MiB, and few are
 * that large.
 */
export async function askForFewer<T>(many: number, few: number, ask: (size: number) => Promise<T>): Promise<T> {
  try {
    return await ask(many);
  } catch (error) {
    if (error instanceof AnswerTooLargeError) return ask(few);
    throw error;
  }
}

/**
 * Caches an answer: callers at the same time, or within `milliseconds` after an answer, share it. So several open pages
 * load the parts no more than one. A failure is shared only by the callers that already wait for it.
 */
export function cacheFor<T>(milliseconds: number, produce: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  let freshUntil = 0;
  return () => {
    if (current !== undefined && performance.now() < freshUntil) return current;
    freshUntil = Number.POSITIVE_INFINITY;
    current = produce().then(
      (value) => {
        freshUntil = performance.now() + milliseconds;
        return value;
      },
      (error: unknown) => {
        current = undefined;
        throw error;
      },
    );
    return current;
  };
}
