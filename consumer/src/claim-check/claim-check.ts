import { isDeepStrictEqual } from 'node:util';
import { messageWithCauses } from '@tidb-cdc/runtime/log';
import { DecodeError, quote } from '../protocols/decode-error.ts';
import type { Decoder, RawMessage } from '../protocols/decoder.ts';
import type { DecodedMessage, RowChange } from '../protocols/message.ts';
import type { ClaimFolder } from './claim-folder.ts';

type Place = Parameters<Decoder['decode']>[0];

/** Puts the whole row in the place of one that TiCDC sent as its key and the location of a file (`claim-check`). */
export class ClaimCheck {
  readonly #folder: Pick<ClaimFolder, 'read'>;
  readonly #decoder: Decoder;

  constructor(folder: Pick<ClaimFolder, 'read'>, decoder: Decoder) {
    this.#folder = folder;
    this.#decoder = decoder;
  }

  /** Whether a message has such rows. */
  isFor(message: DecodedMessage): boolean {
    return message.kind === 'rows' && message.rows.some(({ claimCheck }) => claimCheck !== undefined);
  }

  /**
   * The message with whole rows.
   * @throws DecodeError CLAIM_CHECK when a file is not there, or holds something else than the row
   */
  async redeem(decoded: DecodedMessage, place: Place, message: RawMessage): Promise<DecodedMessage> {
    if (decoded.kind !== 'rows') return decoded;
    const rows: RowChange[] = [];
    for (const row of decoded.rows) rows.push(await this.#wholeRow(row, place, message));
    return { kind: 'rows', rows };
  }

  async #wholeRow(row: RowChange, place: Place, message: RawMessage): Promise<RowChange> {
    const { claimCheck: location } = row;
    if (location === undefined) return row;
    const claimed = await this.#folder.read(location).catch((cause: unknown) => {
      throw new DecodeError('CLAIM_CHECK', `${quote(location)} cannot be read (${messageWithCauses(cause)})`, {
        cause,
      });
    });
    const whole = this.#decoder.decode(place, claimedMessage(claimed, message));
    const [only, ...others] = whole.kind === 'rows' ? whole.rows : [];
    if (only === undefined || others.length > 0 || !isSameChange(only, row)) {
      throw new DecodeError('CLAIM_CHECK', `${quote(location)} holds another change`);
    }
    return only;
  }
}

/** A file has key and value in base64 or, with `claim-check-raw-value`, the value alone, of a message without a key. */
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
  const identity = ({ schema, table, operation, primaryKey, commitTs, claimCheck }: RowChange) => ({
    ...{ schema, table, operation, primaryKey, commitTs, isCut: claimCheck !== undefined },
  });
  return isDeepStrictEqual(identity(whole), { ...identity(cut), isCut: false });
}
