import { type Logger, pino } from 'pino';
import type { EventDocument } from '../event-document.ts';

/** Collects events as JSON lines. A line is what `JSON.stringify` makes of the document, and a newline. */
export class EventLines {
  #text = '';
  readonly #logger: Logger;

  constructor() {
    const collect = (line: string) => {
      this.#text += line;
    };
    this.#logger = pino(
      {
        base: null,
        timestamp: false,
        formatters: { level: () => ({}) },
        // No field of pino's own stands before the document's first, so the comma that would part them has to go.
        hooks: { streamWrite: (line) => `{${line.slice(2)}` },
      },
      { write: collect },
    );
  }

  append(document: EventDocument): void {
    this.#logger.info(document);
  }

  /** The collected lines as UTF-8; the next call has those that were appended since. */
  take(): Buffer {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    return bytes;
  }
}
