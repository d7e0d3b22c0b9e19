import { defined } from '@tidb-cdc/runtime/defined';
import type { BackendError } from './backend.ts';
import type { ErrorAnswer, PartView, PartViewName } from './contract.ts';
import { partTitles, remedyForUnavailable, whyUnavailable } from './part-text.ts';

/** An error whose message is meant for the user. Any other error is a bug in the console. */
export class ConsoleError extends Error {
  /** HTTP status of the response. */
  readonly status: number;
  readonly answer: ErrorAnswer;

  constructor(status: number, answer: ErrorAnswer, cause?: unknown) {
    super(answer.error, { cause });
    this.name = 'ConsoleError';
    this.status = status;
    this.answer = answer;
  }
}

/**
 * The error that the page gets for a part that gave no answer: 502 with the part's message when it refused the request,
 * else 503 with the part's state and a remedy.
 */
export function partUnavailable(parts: readonly PartView[], name: PartViewName, cause: BackendError): ConsoleError {
  if (cause.status === 400)
    return new ConsoleError(
      502,
      { error: `${partTitles[name].title} rejected the request.`, remedy: cause.message },
      cause,
    );
  const part = parts.find((candidate) => candidate.name === name);
  if (part === undefined)
    return new ConsoleError(503, { error: `${partTitles[name].title} does not run here.` }, cause);
  return new ConsoleError(
    503,
    { error: whyUnavailable(part), ...defined({ remedy: remedyForUnavailable(part) }) },
    cause,
  );
}
