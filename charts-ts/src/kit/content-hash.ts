import { createHash } from 'node:crypto';

/** Short hash of plain data: in the name of what cannot be changed, and where a change has to restart pods. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 10);
}
