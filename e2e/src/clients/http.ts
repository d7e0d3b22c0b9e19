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
  const headers = {
    ...init.headers,
    ...(authorization === undefined ? {} : { authorization }),
    // A connection that is kept may be closed by the server just when it is used again.
    connection: 'close',
  };
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(10_000), ...init, headers });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${address} gave no answer: ${cause}`, { cause: error });
  }
}

/** fetch refuses a URL with a login in it. */
function withoutLogin(url: string): { readonly address: string; readonly authorization?: string } {
  const { href, origin, pathname, search, username, password } = new URL(url);
  if (username === '') return { address: href };
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    address: `${origin}${pathname}${search}`,
    authorization: `Basic ${Buffer.from(login).toString('base64')}`,
  };
}
