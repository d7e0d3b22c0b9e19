import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import path from 'node:path';
import { ClaimError, type ClaimStore, checkClaimSize, claimFile } from './claim-store.ts';

/** What the system says of a file that is not there, is a link, or a folder. All else may pass. */
const finalCodes = new Set(['ENOENT', 'ELOOP', 'EISDIR']);

/** A folder of claims, as it is mounted here. */
export class ClaimFolder implements ClaimStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(location: string): Promise<Buffer> {
    const file = path.join(this.#folder, claimFile(location));
    // A folder that is not mounted yet holds no proof that the file is gone.
    await access(this.#folder);
    return readClaim(file).catch((error: NodeJS.ErrnoException) => {
      throw finalCodes.has(error.code ?? '') ? new ClaimError(error.message, { cause: error }) : error;
    });
  }
}

async function readClaim(name: string): Promise<Buffer> {
  // A link could lead out of the folder.
  const file = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    checkClaimSize((await file.stat()).size);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
