import { lookup } from 'node:dns/promises';
import { defined } from '@tidb-cdc/runtime/defined';
import { AnswerTooLargeError, basicAuthorization, fetchAnswer } from '@tidb-cdc/runtime/http';
import type { Login } from '@tidb-cdc/runtime/login';

/** Where a part answers HTTP, and how it is entered. */
export interface HttpPart {
  /** Base URL without a slash at the end. */
  readonly url: string;
  readonly login?: Login;
  /** PEM text of the certificate authority that its certificate comes from. */
  readonly ca?: string;
}

/** A part could not be reached, or answered with something other than success. */
export class BackendError extends Error {
  /** HTTP status of the part's answer; absent where none came. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'BackendError';
    this.status = options.status;
  }
}

/** How long a part may take to answer, in milliseconds. */
const patience = 3000;
/** Longest answer of a part, in bytes: read and parsed it is several times as large. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Text of a part's answer to a GET, or to a POST where there is a body (sent as JSON).
 * @throws BackendError where nobody answers within 3 s or the answer is not a success; AnswerTooLargeError
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
 * The JSON that a part answers, as `fetchText`.
 * @throws BackendError as `fetchText`, and where the answer is not JSON
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
 * The part once per address of its name: each pod behind a headless Service is one.
 * @throws BackendError where the name has no address
 */
export async function everyAddress(part: HttpPart): Promise<readonly HttpPart[]> {
  const url = new URL(part.url);
  const addresses = await orBackendError(lookup(url.hostname.replaceAll(/[[\]]/g, ''), { all: true }), part.url);
  // A machine with both kinds of addresses has one of each.
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
 * The answer to a question for so many documents, or for fewer where that answer would be too large: a document has a
 * mebibyte at most, and few have.
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
 * Lets callers that come at the same time, or within `milliseconds` after an answer, share that answer: several open
 * pages cost the parts no more than one. A failure is shared only by those who wait for it.
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
