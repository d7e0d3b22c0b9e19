import { appendFileSync, closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/** Keeps the previous run's log as `<file>.1` and nothing older, so that logs stay bounded. */
export function rotate(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.1`);
}

/** Adds a line to a log. */
export function appendLine(file: string, line: string): void {
  appendFileSync(file, `${line}\n`);
}

/** Size of a file in bytes; 0 when it does not exist. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Text of a file from a byte offset, at most its last 256 KiB; empty when there is no file. */
export function readFrom(file: string, offset: number): string {
  const size = sizeOf(file);
  const start = Math.max(offset, size - 256 * 1024);
  if (size <= start) return '';
  const buffer = Buffer.alloc(size - start);
  const descriptor = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, start)).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** The last non-empty lines written after a byte offset. */
export function lastLines(file: string, count: number, offset = 0): string[] {
  return readFrom(file, offset)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}
