/**
 * Fetches text, or says which address failed and what it answered.
 * @throws Error on a status outside 200–299, and on no answer within 10 s
 */
export async function fetchText(url: string, init: RequestInit = {}): Promise<string> {
  const { status, text } = await fetchAnswer(url, init);
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status}: ${text.slice(0, 500)}`);
  return text;
}

/** Status and body of an answer, whatever the status; throws where none comes within 10 s. */
export async function fetchAnswer(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), ...init });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${url} gave no answer: ${cause}`, { cause: error });
  }
}
