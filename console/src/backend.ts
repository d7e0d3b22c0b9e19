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

/** How long a part on this machine may take to answer, in milliseconds. */
const patience = 3000;

/**
 * Text of a part's answer to a GET, or to a POST where there is a body (sent as JSON).
 * @throws BackendError where nobody answers within 3 s or the answer is not a success
 */
export async function fetchText(url: string, options: { accept?: string; body?: unknown } = {}): Promise<string> {
  const { accept = 'application/json', body } = options;
  const request: RequestInit = { headers: { accept }, signal: AbortSignal.timeout(patience) };
  if (body !== undefined) {
    request.method = 'POST';
    request.headers = { accept, 'content-type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  const { status, ok, text } = await send(url, request);
  if (!ok) throw new BackendError(`${url} answered ${status}: ${text.slice(0, 500)}`, { status });
  return text;
}

/**
 * The JSON that a part answers, as `ask`.
 * @throws BackendError as `ask`, and where the answer is not JSON
 */
export async function fetchJson<T>(url: string, options: { body?: unknown } = {}): Promise<T> {
  const text = await fetchText(url, options);
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new BackendError(`${url} did not answer JSON: ${text.slice(0, 500)}`, { cause });
  }
}

async function send(url: string, request: RequestInit): Promise<{ status: number; ok: boolean; text: string }> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (cause) {
    throw new BackendError(`${url} does not answer`, { cause });
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
