import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import { defined } from './defined.ts';
import { errorText } from './wait.ts';

/** Everything about a request except its address. */
export interface HttpRequest {
  /** @default GET */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM text of the certificate authority to trust instead of the system's. */
  readonly ca?: string;
  /** How long the answer may take. @default 10,000 */
  readonly timeoutMs?: number;
  /** Longest body to accept. @default unlimited */
  readonly maxBytes?: number;
}

/** The body of the answer is longer than `maxBytes`. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Returns the body of a successful answer.
 *
 * @throws Error naming the address on a status outside 200–299 (with the body) and when no answer comes in time
 */
export async function fetchText(url: string, request: HttpRequest = {}): Promise<string> {
  const { status, text } = await fetchAnswer(url, request);
  if (status < 200 || status > 299) {
    throw new Error(`${withoutLogin(url).address} answered ${status}: ${text.slice(0, 500)}`);
  }
  return text;
}

/**
 * Returns the status and body of an answer, whatever the status. A login in the URL is sent as basic authentication
 * and kept out of error messages. Uses node:http because fetch does not accept a certificate authority.
 *
 * @throws Error when no answer comes in time; AnswerTooLargeError
 */
export async function fetchAnswer(url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
  const { address, authorization } = withoutLogin(url);
  const headers = { ...defined({ authorization }), ...request.headers };
  try {
    return await exchange(address, { ...request, headers });
  } catch (error) {
    if (error instanceof AnswerTooLargeError) throw error;
    throw new Error(`${address} gave no answer: ${errorText(error)}`, { cause: error });
  }
}

/**
 * Sends one request on its own connection and closes the connection after the answer. A server may close a reused
 * connection just as the next request goes out, and Elasticsearch 8.5 cuts off answers over 64 KiB when the request
 * asks it to close the connection.
 */
async function exchange(
  address: string,
  { body, ca, timeoutMs = 10_000, maxBytes, ...rest }: HttpRequest,
): Promise<HttpAnswer> {
  const secure = address.startsWith('https:');
  const agent = secure ? new TlsAgent({ keepAlive: true, ...defined({ ca }) }) : new PlainAgent({ keepAlive: true });
  const options = { ...rest, agent, signal: AbortSignal.timeout(timeoutMs) };
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = secure ? secureRequest : plainRequest;
      send(address, options, resolve).on('error', reject).end(body);
    });
    return { status: answer.statusCode ?? 0, text: await readText(answer, maxBytes) };
  } finally {
    agent.destroy();
  }
}

async function readText(answer: IncomingMessage, maxBytes = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AnswerTooLargeError(`the response has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Moves the login from a URL to a header, which keeps it out of error messages. */
function withoutLogin(url: string): { readonly address: string; readonly authorization?: string } {
  const { href, origin, pathname, search, username, password } = new URL(url);
  if (username === '') return { address: href };
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { address: `${origin}${pathname}${search}`, authorization: basicAuthorization(login) };
}

/** Returns the `authorization` header for a user name and password. */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
