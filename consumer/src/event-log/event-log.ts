/**
 * Takes the events of a batch, one JSON line each. The lines of a batch are collected and written together.
 *
 * What can be lost: until `flush` resolves, a line is lost with the process. After that it survives `kill -9`, but not
 * a power cut until `sync` resolves too. Offsets are committed only after that, so Kafka delivers the message of a lost
 * line again.
 */
export interface EventLog {
  /** Adds the line of an event (JSON without a newline) to the batch. */
  append(line: string): void;
  /**
   * Writes the batch's lines. If this rejects, the next call writes only the lines that are not written yet.
   * @throws EventLogLostError when no later call can succeed
   */
  flush(): Promise<void>;
  /**
   * Makes the flushed lines durable.
   * @throws EventLogLostError when that fails: the system may have dropped what it could not write, and a later call
   *   would not report it
   */
  sync(): Promise<void>;
  /** Drops the lines that are not written yet: their batch will be read again. */
  discard(): void;
  close(): Promise<void>;
}

/** This process can no longer write the event log. */
export class EventLogLostError extends Error {
  override readonly name = 'EventLogLostError';
}
