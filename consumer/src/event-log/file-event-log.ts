import { constants, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Lock } from '@tidb-cdc/runtime/lock';
import type { Logger } from '@tidb-cdc/runtime/log';
import { EventLines } from './event-lines.ts';
import { type EventLog, EventLogLostError } from './event-log.ts';
import { lockEventLog } from './lock.ts';
import {
  describeSegment,
  linkCurrent,
  listSegments,
  newSegment,
  repairSegment,
  type Segment,
  syncFolder,
} from './segments.ts';

export interface FileEventLogOptions {
  /** Absolute path, `/dir/events.ndjson`: a link to the current segment (see Segment). */
  readonly path: string;
  /** A segment that has reached this size, in bytes, gets no more lines. One batch may exceed it. */
  readonly rotateBytes: number;
  /** Number of segments to keep, including the current one. */
  readonly keepFiles: number;
  readonly log: Logger;
  readonly onRemoved: () => void;
  /** How often every segment gets an empty line, in milliseconds. @default one minute */
  readonly nudgeMs?: number;
}

const newline = 0x0a;

/** Writes events to numbered files, one file at a time, and keeps the newest. */
export class FileEventLog implements EventLog {
  readonly #options: FileEventLogOptions;
  readonly #lines = new EventLines();
  readonly #lock: Lock | undefined;
  #segment: Segment;
  #file: FileHandle;
  /** Bytes of whole lines in the current segment. */
  #length: number;
  /** Whether a failed write left part of a line after the whole ones. */
  #torn = false;
  /** Whether the current segment was cut. A reader may have seen what was cut, so nothing else may be written there. */
  #closed: boolean;
  #unwritten: Buffer = Buffer.alloc(0);
  /** Whether the current segment has grown since the last nudge, or is about to. */
  #hasGrown = false;
  readonly #nudging: NodeJS.Timeout;
  #nudged: Promise<void> = Promise.resolve();
  /** Whether something was written since the last sync. */
  #dirty = false;

  private constructor(
    options: FileEventLogOptions,
    lock: Lock | undefined,
    current: { segment: Segment; file: FileHandle; length: number; closed: boolean },
  ) {
    this.#options = options;
    this.#lock = lock;
    this.#segment = current.segment;
    this.#file = current.file;
    this.#length = current.length;
    this.#closed = current.closed;
    this.#nudging = setInterval(() => {
      this.#nudged = this.#nudge();
    }, options.nudgeMs ?? 60_000).unref();
  }

  /**
   * Continues the newest segment, or begins the first. A last line without an end is cut off, with a warning.
   * @throws Error when the folder cannot be written, its link is a file, or another process writes the log
   */
  static async open(options: FileEventLogOptions): Promise<FileEventLog> {
    const { path: eventLog, log } = options;
    await mkdir(path.dirname(eventLog), { recursive: true, mode: 0o750 });
    const lock = await lockEventLog(eventLog, log);
    try {
      const newest = (await listSegments(eventLog)).at(-1);
      const segment = newest ?? newSegment(eventLog, 1);
      const cut = newest === undefined ? 0 : await repairSegment(newest);
      if (cut > 0) log.warn({ file: segment.path, bytes: cut }, 'the last line of the event log had no end: cut off');
      const file = await openForAppend(segment);
      await linkCurrent(eventLog, segment);
      await syncFolder(path.dirname(eventLog));
      const { size } = await file.stat();
      return new FileEventLog(options, lock, { segment, file, length: size, closed: cut > 0 });
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  append(line: string): void {
    this.#lines.append(line);
  }

  async flush(): Promise<void> {
    const added = this.#lines.take();
    this.#unwritten = this.#unwritten.length === 0 ? added : Buffer.concat([this.#unwritten, added]);
    if (this.#unwritten.length === 0) return;
    this.#hasGrown = true;
    await this.#nudged;
    await this.#cutTornLine();
    if (this.#closed || this.#length >= this.#options.rotateBytes) await this.#rotate();
    await this.#write();
  }

  async sync(): Promise<void> {
    if (!this.#dirty) return;
    const { path: file } = this.#segment;
    await this.#file.datasync().catch((cause: unknown) => {
      throw new EventLogLostError(`${file}: what was written cannot be made durable`, { cause });
    });
    const { nlink } = await this.#file.stat();
    if (nlink === 0) throw new EventLogLostError(`${file}: was removed while it was written`);
    this.#dirty = false;
  }

  discard(): void {
    this.#lines.take();
    this.#unwritten = Buffer.alloc(0);
  }

  async close(): Promise<void> {
    clearInterval(this.#nudging);
    await this.#nudged;
    try {
      await this.#cutTornLine();
    } finally {
      await this.#file.close();
      await this.#lock?.release();
    }
  }

  /** Appends the unwritten bytes. After a failure, whole lines in the file count as written; the rest stays. */
  async #write(): Promise<void> {
    const bytes = this.#unwritten;
    let written = 0;
    this.#dirty = true;
    try {
      while (written < bytes.length) {
        const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written);
        written += bytesWritten;
      }
    } finally {
      const whole = written === 0 ? 0 : bytes.lastIndexOf(newline, written - 1) + 1;
      this.#length += whole;
      this.#torn = written > whole;
      this.#unwritten = bytes.subarray(whole);
    }
  }

  /**
   * Appends an empty line to every segment, which Filebeat skips. Filebeat closes a file that it has not read for five
   * minutes, even when only Elasticsearch did not answer, and comes back to it only when it has grown.
   */
  async #nudge(): Promise<void> {
    const { path: eventLog, log } = this.#options;
    try {
      for (const segment of await listSegments(eventLog)) {
        if (segment.number < this.#segment.number) await appendEmptyLine(segment);
      }
      if (!this.#hasGrown && !this.#torn && this.#length > 0) {
        await this.#file.write('\n');
        this.#length += 1;
      }
      this.#hasGrown = false;
    } catch (error) {
      log.warn({ error, file: eventLog }, 'cannot let the event log grow by an empty line: tried again');
    }
  }

  async #cutTornLine(): Promise<void> {
    if (!this.#torn) return;
    await this.#file.truncate(this.#length);
    this.#torn = false;
    this.#closed = true;
  }

  async #rotate(): Promise<void> {
    await this.sync();
    const next = newSegment(this.#options.path, this.#segment.number + 1);
    const file = await openForAppend(next);
    try {
      await linkCurrent(this.#options.path, next);
      await syncFolder(path.dirname(next.path));
    } catch (error) {
      await file.close();
      await rm(next.path, { force: true });
      throw error;
    }
    const previous = this.#file;
    this.#segment = next;
    this.#file = file;
    this.#length = 0;
    this.#closed = false;
    await previous.close();
    await this.#removeOldest();
  }

  /** Removes the segments beyond those to keep. If one cannot be removed, the next rotation tries again. */
  async #removeOldest(): Promise<void> {
    const { path: eventLog, keepFiles, log, onRemoved } = this.#options;
    for (const segment of (await listSegments(eventLog)).slice(0, -keepFiles)) {
      try {
        const { bytes, modified } = await describeSegment(segment);
        await rm(segment.path);
        onRemoved();
        log.warn(
          { file: segment.path, bytes, modified, keepFiles },
          'removed the oldest segment of the event log: what Filebeat has not read of it will not be searchable',
        );
      } catch (error) {
        log.error({ error, file: segment.path }, 'cannot remove an old segment of the event log');
      }
    }
  }
}

/** Does nothing when the segment has just been removed. */
async function appendEmptyLine({ path: file }: Segment): Promise<void> {
  try {
    const handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
    try {
      await handle.write('\n');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function openForAppend(segment: Segment): Promise<FileHandle> {
  return open(segment.path, 'a', 0o640);
}
