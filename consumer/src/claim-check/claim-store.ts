/** Where TiCDC stores the messages of rows over its size limit (`claim-check-storage-uri`). */
export interface ClaimStore {
  /**
   * Returns the content of a file.
   * @param location the file as TiCDC names it
   * @throws ClaimError when there is no such file and waiting would not help; any other error when the store does not
   * answer or refuses us
   */
  read(location: string): Promise<Buffer>;
}

/** A claim that cannot be obtained: the message is a dead letter. */
export class ClaimError extends Error {
  override readonly name = 'ClaimError';
}

/** TiDB's largest row (`txn-entry-size-limit`) is 120 MiB, and base64 makes it a third longer. */
const mostBytes = 192 * 1024 * 1024;

/** @throws ClaimError when a file is larger than a row can be */
export function checkClaimSize(bytes: number): void {
  if (bytes > mostBytes) throw new ClaimError(`it has ${bytes} bytes, more than a row of TiDB can have`);
}

/** TiCDC names a file with a UUID. */
const claimFileName = /^[\w-]{1,128}\.json$/;

/**
 * Returns the file name of a location. The folder is ignored, because TiCDC names it as TiCDC sees it:
 * `file:///claims/…` or `s3://bucket/…`.
 * @throws ClaimError when it is not a name of TiCDC, or the path leads out of its folder
 */
export function claimFile(location: string): string {
  const segments = location.split(/[/\\]/);
  const name = segments.at(-1) ?? '';
  if (segments.includes('..') || !claimFileName.test(name))
    throw new ClaimError('it is not the name of a file of TiCDC');
  return name;
}
