import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** The primary key of one version of a table in a topic. */
const storedKey = z.object({
  topic: z.string(),
  schema: z.string(),
  table: z.string(),
  version: z.string(),
  keyNames: z.array(z.string()),
});
export type StoredKey = Readonly<z.infer<typeof storedKey>>;

/** Number of table versions to keep. Each takes a few hundred bytes. */
export const mostVersions = 10_000;

/** Returns the path of the schemas beside the event log: `/dir/events.schemas.ndjson` for `/dir/events.ndjson`. */
export function schemaFilePath(eventLog: string): string {
  const { dir, name } = path.parse(eventLog);
  return path.join(dir, `${name}.schemas.ndjson`);
}

/**
 * Keeps learned schemas across a restart. TiCDC repeats a schema every two minutes, and until then the rows that a
 * restarted consumer reads would become dead letters. A line is on disk before the message that it came in is
 * committed. It is written synchronously, because a new version is as rare as a schema change. If the process crashes
 * within a line, the next start drops the line: its message was not committed.
 */
export class SchemaFile {
  readonly #descriptor: number;
  /** What the file held when it was opened, oldest first. */
  readonly stored: readonly StoredKey[];

  /** @throws Error when the file cannot be read, or holds something else */
  constructor(file: string) {
    const { keys, end, isLong } = read(file);
    this.stored = keys;
    if (isLong) replace(file, keys);
    this.#descriptor = openSync(file, 'a');
    if (!isLong) ftruncateSync(this.#descriptor, end);
  }

  /** @throws Error when it cannot be written to disk */
  add(key: StoredKey): void {
    writeSync(this.#descriptor, lineOf(key));
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function read(file: string): { keys: readonly StoredKey[]; end: number; isLong: boolean } {
  const bytes = readIfThere(file);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  const keys = lines.slice(-mostVersions).map((line, index) => {
    try {
      return storedKey.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(`${file}: line ${index + 1} is no schema: delete the file, it is learned again`, { cause });
    }
  });
  return { keys, end, isLong: lines.length > 2 * mostVersions };
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function replace(file: string, keys: readonly StoredKey[]): void {
  const descriptor = openSync(`${file}.new`, 'w');
  writeSync(descriptor, keys.map(lineOf).join(''));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(`${file}.new`, file);
}

function lineOf(key: StoredKey): string {
  return `${JSON.stringify(key)}\n`;
}
