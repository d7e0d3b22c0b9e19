import { Agent, type IncomingMessage, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { defined } from '@tidb-cdc/runtime/defined';

/** What is sent beside the address. */
export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Fetches text, or says which address failed and what it answered.
 * @throws Error on a status outside 200–299, and on no answer within 10 s
 */
export async function fetchText(url: string, init: HttpRequest = {}): Promise<string> {
  const { status, text } = await fetchAnswer(url, init);
  if (status < 200 || status > 299) {
    throw new Error(`${withoutLogin(url).address} answered ${status}: ${text.slice(0, 500)}`);
  }
  return text;
}

/**
 * Status and body of an answer, whatever the status; throws where none comes within 10 s. A login in the URL is sent as
 * basic authentication, and is in no error's text.
 */
export async function fetchAnswer(url: string, init: HttpRequest = {}): Promise<{ status: number; text: string }> {
  const { address, authorization } = withoutLogin(url);
  const headers = { ...init.headers, ...defined({ authorization }) };
  try {
    return await exchange(address, { ...init, headers });
  } catch (error) {
    throw new Error(`${address} gave no answer: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/**
 * One request on a connection of its own, which this side closes after the answer: one that is kept may be closed by the
 * server just when it is used again, and Elasticsearch 8.5 that is asked to close cuts answers of more than 64 KiB.
 */
async function exchange(address: string, { body, ...init }: HttpRequest): Promise<{ status: number; text: string }> {
  const agent = new Agent({ keepAlive: true });
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(address, { ...init, agent, signal: AbortSignal.timeout(10_000) }, resolve)
        .on('error', reject)
        .end(body);
    });
    return { status: answer.statusCode ?? 0, text: await readText(answer) };
  } finally {
    agent.destroy();
  }
}

/** A login is sent in a header, and kept out of errors' texts. */
function withoutLogin(url: string): { readonly address: string; readonly authorization?: string } {
  const { href, origin, pathname, search, username, password } = new URL(url);
  if (username === '') return { address: href };
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    address: `${origin}${pathname}${search}`,
    authorization: `Basic ${Buffer.from(login).toString('base64')}`,
  };
}
