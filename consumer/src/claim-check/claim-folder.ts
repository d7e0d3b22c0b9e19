import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import path from 'node:path';
import { ClaimError, type ClaimStore, checkClaimSize, claimFile } from './claim-store.ts';

/** Errors for a file that does not exist, is a link, or is a folder. Any other error may pass. */
const finalCodes = new Set(['ENOENT', 'ELOOP', 'EISDIR']);

/** Claims in a folder that is mounted here. */
export class ClaimFolder implements ClaimStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(location: string): Promise<Buffer> {
    const file = path.join(this.#folder, claimFile(location));
    // A folder that is not mounted yet does not prove that the file is gone.
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
