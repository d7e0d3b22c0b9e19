/**
 * Where the events of a batch go, one JSON line each. The lines of a batch are collected and written together.
 *
 * What can be lost: a line that `flush` has not yet reported is lost with the process. A line that it has reported is in
 * the operating system's hands: `kill -9` cannot take it, a power cut can, until `sync` has reported too. Nothing is
 * committed before, so Kafka delivers the message of a lost line again.
 */
export interface EventLog {
  /** Adds the line of an event (JSON without a newline) to the batch. */
  append(line: string): void;
  /**
   * Writes the batch's lines. Rejects where a part could not be written: that part, and nothing of what has been
   * written, is tried again by the next call.
   * @throws EventLogLostError where no later call can succeed
   */
  flush(): Promise<void>;
  /**
   * Makes durable what has been flushed.
   * @throws EventLogLostError where that fails: the system may have dropped what it could not write, and a later call
   *   would not tell
   */
  sync(): Promise<void>;
  /** Drops what is not written yet: its batch is going to be read again. */
  discard(): void;
  close(): Promise<void>;
}

/** The event log cannot be written any more by this process. */
export class EventLogLostError extends Error {
  override readonly name = 'EventLogLostError';
}
