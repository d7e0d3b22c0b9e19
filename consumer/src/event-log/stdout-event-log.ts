import type { Writable } from 'node:stream';
import type { EventDocument } from '../event-document.ts';
import { EventLines } from './event-lines.ts';
import { type EventLog, EventLogLostError } from './event-log.ts';

/** Events on stdout, in whole lines between those of the application log, which `event.dataset` tells apart. */
export class StdoutEventLog implements EventLog {
  readonly #lines = new EventLines();
  readonly #stdout: Writable;

  constructor(stdout: Writable) {
    this.#stdout = stdout;
  }

  append(document: EventDocument): void {
    this.#lines.append(document);
  }

  /** Resolves when the pipe or file has taken all bytes. A stream that failed once stays closed, so any failure is final. */
  async flush(): Promise<void> {
    const bytes = this.#lines.take();
    if (bytes.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#stdout.write(bytes, (cause) => {
        if (cause) reject(new EventLogLostError('EVENT_LOG=stdout: stdout cannot be written any more', { cause }));
        else resolve();
      });
    });
  }

  discard(): void {
    this.#lines.take();
  }

  async close(): Promise<void> {}
}
