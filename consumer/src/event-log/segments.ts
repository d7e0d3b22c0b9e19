import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * A file of the event log: `events.000001-5f3a9c1b.ndjson` for the log `events.ndjson`. It is never renamed and its
 * name is never reused, because readers remember their position by name. The number orders the segments of a folder.
 * The random part distinguishes them from those of a folder that was wiped.
 */
export interface Segment {
  readonly number: number;
  readonly path: string;
}

/** The part between the log's name and its extension. Earlier versions had only the number. */
const segmentName = /^(\d{6,})(?:-[0-9a-f]{8})?$/;
const newline = 0x0a;
const readBack = 65_536;

/** Returns a segment with a new, unique name. Numbers have at least six digits and continue beyond them. */
export function newSegment(eventLog: string, number: number): Segment {
  const { dir, name, ext } = path.parse(eventLog);
  const unique = randomBytes(4).toString('hex');
  return { number, path: path.join(dir, `${name}.${String(number).padStart(6, '0')}-${unique}${ext}`) };
}

/** Lists the existing segments of an event log, oldest first. */
export async function listSegments(eventLog: string): Promise<Segment[]> {
  const { dir, name, ext } = path.parse(eventLog);
  const segments = (await readdir(dir))
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith(ext))
    .flatMap((file) => {
      const [, digits] = segmentName.exec(file.slice(name.length + 1, -ext.length)) ?? [];
      return digits === undefined ? [] : [{ number: Number(digits), path: path.join(dir, file) }];
    });
  return segments.sort((a, b) => a.number - b.number);
}

/** Returns a segment's size in bytes and the time of its last write. */
export async function describeSegment(segment: Segment): Promise<{ bytes: number; modified: string }> {
  const { size, mtime } = await stat(segment.path);
  return { bytes: size, modified: mtime.toISOString() };
}

/**
 * Makes the event log's own path a symbolic link to the current segment, atomically: it always leads to the old segment
 * or the new one.
 * @throws Error when the path is a file: it would be lost
 */
export async function linkCurrent(eventLog: string, segment: Segment): Promise<void> {
  const existing = await lstat(eventLog).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing !== undefined && !existing.isSymbolicLink()) {
    throw new Error(`EVENT_LOG=${eventLog}: exists and is not a symbolic link to a segment: move it away`);
  }
  const next = `${eventLog}.next`;
  await rm(next, { force: true });
  await symlink(path.basename(segment.path), next);
  await rename(next, eventLog);
}

/** Makes a folder's list of files durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns the length of a file up to the end of its last whole line. */
export async function wholeLinesLength(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const chunk = Buffer.alloc(readBack);
  for (let end = size; end > 0; end -= readBack) {
    const start = Math.max(0, end - readBack);
    const { bytesRead } = await handle.read(chunk, 0, end - start, start);
    const found = chunk.subarray(0, bytesRead).lastIndexOf(newline);
    if (found >= 0) return start + found + 1;
  }
  return 0;
}

/** Cuts off a last line without an end, which a process killed during a write leaves. Returns the bytes cut. */
export async function repairSegment(segment: Segment): Promise<number> {
  const handle = await open(segment.path, 'r+');
  try {
    const { size } = await handle.stat();
    const whole = await wholeLinesLength(handle);
    if (whole < size) await handle.truncate(whole);
    return size - whole;
  } finally {
    await handle.close();
  }
}
