import { defined } from '@tidb-cdc/runtime/defined';
import type { BackendError } from './backend.ts';
import type { ErrorAnswer, PartView, PartViewName } from './contract.ts';
import { partTitles, remedyForUnavailable, whyUnavailable } from './part-text.ts';

/** An error whose message is meant for the person at the page; any other error is a fault of the console. */
export class ConsoleError extends Error {
  /** HTTP status of the answer. */
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
 * What the page is told of a part that gave no answer: 503 with what it does instead and what to do about it; 502 with
 * the part's own words where it did answer, and refused the question.
 */
export function partUnavailable(parts: readonly PartView[], name: PartViewName, cause: BackendError): ConsoleError {
  if (cause.status === 400)
    return new ConsoleError(
      502,
      { error: `${partTitles[name].title} refuses the question.`, remedy: cause.message },
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
