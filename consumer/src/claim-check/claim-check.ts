import { isDeepStrictEqual } from 'node:util';
import { messageWithCauses } from '@tidb-cdc/runtime/log';
import { DecodeError, quote } from '../protocols/decode-error.ts';
import type { Decoder, RawMessage } from '../protocols/decoder.ts';
import type { RowChange } from '../protocols/message.ts';
import { type RetryContext, untilDone } from '../retry.ts';
import type { RowCompleter, RowOrigin } from '../row-completer.ts';
import { ClaimError, type ClaimStore } from './claim-store.ts';

/** As in "cannot …". */
export const claimStep = 'read a row from CLAIM_CHECK_LOCATION';

/** Completes rows from the files that TiCDC has written them to (`claim-check`). */
export class ClaimCheck implements RowCompleter {
  readonly #store: ClaimStore;
  readonly #decoder: Decoder;

  constructor(store: ClaimStore, decoder: Decoder) {
    this.#store = store;
    this.#decoder = decoder;
  }

  isFor({ claimCheck }: RowChange): boolean {
    return claimCheck !== undefined;
  }

  /** @throws DecodeError CLAIM_CHECK when the file does not exist, or holds something other than the row */
  async complete(row: RowChange, { place, message }: RowOrigin, retrying: RetryContext): Promise<RowChange> {
    const { claimCheck: location } = row;
    if (location === undefined) return row;
    const claimed = await this.#read(location, retrying);
    const whole = this.#decoder.decode(place, claimedMessage(claimed, message));
    const [only, ...others] = whole.kind === 'rows' ? whole.rows : [];
    if (only === undefined || others.length > 0 || !isSameChange(only, row)) {
      throw new DecodeError('CLAIM_CHECK', `${quote(location)} holds another change`);
    }
    return only;
  }

  async #read(location: string, retrying: RetryContext): Promise<Buffer> {
    const attempt = () =>
      this.#store.read(location).catch((error: unknown) => {
        if (error instanceof ClaimError) return error;
        throw error;
      });
    const claimed = await untilDone(claimStep, attempt, retrying);
    if (claimed instanceof Buffer) return claimed;
    const reason = messageWithCauses(claimed);
    throw new DecodeError('CLAIM_CHECK', `${quote(location)} cannot be read (${reason})`, { cause: claimed });
  }
}

/** A file has key and value in base64, or with `claim-check-raw-value` only the value, of a message without a key. */
function claimedMessage(bytes: Buffer, { key }: RawMessage): RawMessage {
  const wrapped = wrappedMessage.exec(bytes.toString('latin1'));
  if (wrapped === null) return { key, value: bytes };
  const [, wrappedKey, value = ''] = wrapped;
  return {
    key: wrappedKey === undefined ? null : Buffer.from(wrappedKey, 'base64'),
    value: Buffer.from(value, 'base64'),
  };
}

const wrappedMessage = /^\s*\{\s*"key"\s*:\s*(?:null|"([\w+/=]*)")\s*,\s*"value"\s*:\s*"([\w+/=]*)"\s*\}\s*$/;

function isSameChange(whole: RowChange, cut: RowChange): boolean {
  const identity = ({ schema, table, operation, primaryKey, commitTs, isCut }: RowChange) => ({
    ...{ schema, table, operation, primaryKey, commitTs, isCut },
  });
  return isDeepStrictEqual(identity(whole), { ...identity(cut), isCut: undefined });
}
