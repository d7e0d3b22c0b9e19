import { defined } from '@tidb-cdc/runtime/defined';
import { basicAuthorization, fetchAnswer } from '@tidb-cdc/runtime/http';
import type { Login } from '@tidb-cdc/runtime/login';

/** Address of a JSON API, and how to log in to it. */
export interface JsonApi {
  /** without a slash at its end */
  readonly url: string;
  /** for basic authentication */
  readonly login?: Login;
  /** for bearer authentication */
  readonly token?: string;
  /** PEM text of the certificate authority to trust instead of the system's */
  readonly ca?: string;
  /** sent with each request */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long an answer may take. @default 10,000 */
  readonly timeoutMs?: number;
}

export interface JsonAnswer {
  readonly status: number;
  /** the parsed JSON, or the text when it is not JSON */
  readonly body: unknown;
}

/**
 * Sends one request with an optional JSON body and reads the whole answer, whatever its status.
 *
 * @throws Error when no answer comes in time or the connection fails
 */
export async function requestJson(api: JsonApi, method: string, path: string, body?: unknown): Promise<JsonAnswer> {
  const { url, login, token, ca, timeoutMs } = api;
  const headers = {
    accept: 'application/json',
    ...api.headers,
    ...defined({
      'content-type': body === undefined ? undefined : 'application/json',
      authorization: token === undefined ? login && basicAuthorization(login) : `Bearer ${token}`,
    }),
  };
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetchAnswer(url + path, { method, headers, ...defined({ body: payload, ca, timeoutMs }) });
  return { status: answer.status, body: parse(answer.text) };
}

/** Returns an answer's body as text, for error messages. */
export function bodyText({ body }: JsonAnswer): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // for example the error page of a proxy or load balancer
    return text;
  }
}
