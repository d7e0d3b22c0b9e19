import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** TiCDC names a file with a UUID. */
const fileName = /^[\w-]{1,128}\.json$/;
/** TiDB's largest row (`txn-entry-size-limit`) is 120 MiB, and base64 makes it a third longer. */
const mostBytes = 192 * 1024 * 1024;

/** The folder where TiCDC puts the messages of rows over its size limit (`claim-check-storage-uri`), as it is mounted here. */
export class ClaimFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The file of a location. Only its name counts, since TiCDC names the folder as it sees it: `file:///claims/…` or
   * `s3://bucket/…`.
   * @throws Error saying why there is no such file
   */
  async read(location: string): Promise<Buffer> {
    const segments = location.split(/[/\\]/);
    const name = segments.at(-1) ?? '';
    if (segments.includes('..') || !fileName.test(name)) throw new Error('it is not the name of a file of TiCDC');
    // A link could lead out of the folder.
    const file = await open(path.join(this.#folder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      if (size > mostBytes) throw new Error(`it has ${size} bytes, more than a row of TiDB can have`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  }
}
