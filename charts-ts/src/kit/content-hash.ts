import { createHash } from 'node:crypto';

/** A short hash of plain data, for names of objects that cannot be changed and where a change must restart pods. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 10);
}
