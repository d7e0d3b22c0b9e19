import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import { defined } from './defined.ts';
import { errorText } from './wait.ts';

/** What is sent beside the address. */
export interface HttpRequest {
  /** @default GET */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM text of the certificate authority that the server's certificate must come from, instead of the system's */
  readonly ca?: string;
  /** How long the answer may take. @default 10,000 */
  readonly timeoutMs?: number;
  /** Longest body that is read. @default any */
  readonly maxBytes?: number;
}

/** The body of an answer is longer than was asked for. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Fetches text, or says which address failed and what it answered.
 *
 * @throws Error on a status outside 200–299, and where no answer comes in time
 */
export async function fetchText(url: string, request: HttpRequest = {}): Promise<string> {
  const { status, text } = await fetchAnswer(url, request);
  if (status < 200 || status > 299) {
    throw new Error(`${withoutLogin(url).address} answered ${status}: ${text.slice(0, 500)}`);
  }
  return text;
}

/**
 * Status and body of an answer, whatever the status. A login in the URL is sent as basic authentication, and is in no
 * error's text. node:http, because fetch cannot be given a certificate authority.
 *
 * @throws Error where no answer comes in time; AnswerTooLargeError
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
 * One request on a connection of its own, which this side closes after the answer: one that is kept may be closed by the
 * server just when it is used again, and Elasticsearch 8.5 that is asked to close cuts answers of more than 64 KiB.
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
    if (bytes > maxBytes) throw new AnswerTooLargeError(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A login is sent in a header, and kept out of errors' texts. */
function withoutLogin(url: string): { readonly address: string; readonly authorization?: string } {
  const { href, origin, pathname, search, username, password } = new URL(url);
  if (username === '') return { address: href };
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { address: `${origin}${pathname}${search}`, authorization: basicAuthorization(login) };
}

/** The `authorization` header of a user name and a password. */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
