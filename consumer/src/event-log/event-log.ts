import type { EventDocument } from '../event-document.ts';

/**
 * Where the events of a batch go, one JSON line each. The lines of a batch are collected and written together.
 *
 * What can be lost: a line that `flush` has not yet reported is lost with the process, and its message is read from
 * Kafka again. A line that it has reported is in the operating system's hands: `kill -9` cannot take it. A power cut
 * can, for as long as the system holds written data in memory (Linux: about 30 s), since no fsync is made.
 */
export interface EventLog {
  /** Adds the line of an event to the batch. */
  append(document: EventDocument): void;
  /**
   * Writes the batch's lines. Rejects where a part could not be written: that part, and nothing of what has been
   * written, is tried again by the next call.
   * @throws EventLogLostError where no later call can succeed
   */
  flush(): Promise<void>;
  /** Drops what is not written yet: its batch is going to be read again. */
  discard(): void;
  close(): Promise<void>;
}

/** The event log cannot be written any more by this process. */
export class EventLogLostError extends Error {
  override readonly name = 'EventLogLostError';
}
