import { DecodeError, describe } from '../decode-error.ts';
import { isObject, type JsonObject, wrongField } from '../fields.ts';

/**
 * TiCDC writes a TSO as a JSON number of up to 64 bits, which `JSON.parse` rounds, and Node 20 has no way to see the
 * source text of a number. So its digits are added as text beside it before parsing: `"commitTs":42` becomes
 * `"commitTs":42,"commitTsDigits":"42"`. In JSON an unescaped `"commitTs":` is a key, never a part of a string; a column of
 * that name has a string value, which the pattern does not match.
 */
const timestampNumber = /"(commitTs|watermarkTs)"\s*:\s*(\d{1,20})(?=\s*[,}])/g;

/** `json` with the digits of its timestamps beside them, for {@link timestampOf} to read after parsing. */
export function keepTimestampDigits(json: string): string {
  return json.replace(timestampNumber, '$&,"$1Digits":"$2"');
}

/** The `_tidb` object of TiCDC's `enable-tidb-extension`, undefined in a message without it (Canal's, for one). */
export function extensionOf(message: JsonObject): JsonObject | undefined {
  const extension = message._tidb;
  if (extension !== undefined && !isObject(extension)) throw wrongField('_tidb', extension, 'an object');
  return extension;
}

const largestTimestamp = 2n ** 64n - 1n;

/**
 * A TSO as decimal text.
 * @throws DecodeError when it is missing, no whole number, or out of range
 */
export function timestampOf(extension: JsonObject, field: 'commitTs' | 'watermarkTs'): string {
  const rounded = extension[field];
  if (typeof rounded !== 'number') throw wrongField(`_tidb.${field}`, rounded, 'a number');
  const digits = extension[`${field}Digits`];
  // The comparison makes sure that these are the digits of this very number, whatever else the text holds.
  if (typeof digits !== 'string' || Number(digits) !== rounded || rounded === 0 || BigInt(digits) > largestTimestamp) {
    throw new DecodeError('INVALID_TIMESTAMP', `_tidb.${field} is ${describe(rounded)}`);
  }
  return digits;
}

/** Milliseconds since the epoch of a TSO: the bits above its 18-bit logical counter (PD's TSO format). */
export function millisecondsOf(timestamp: string): number {
  return Number(BigInt(timestamp) >> 18n);
}

/** `@timestamp` is an ISO date with a year of four digits. */
const endOfYear9999 = 253_402_300_799_999;

/** When a change was committed: the TSO where the message carries one, else the source's own time `es`. */
export interface CommitTime {
  commitTs?: string;
  /** milliseconds since the epoch; from `es` its precision is the source's, whole seconds for Canal */
  committedAt: number;
}

/** @throws DecodeError when `es` or `_tidb.commitTs` is not what canal-json says */
export function commitTimeOf(message: JsonObject, extension: JsonObject | undefined): CommitTime {
  const { es } = message;
  if (typeof es !== 'number') throw wrongField('es', es, 'a number');
  if (!Number.isInteger(es) || es < 0 || es > endOfYear9999) {
    throw new DecodeError('INVALID_TIMESTAMP', `es is ${describe(es)}`);
  }
  // Our launcher of Canal, which knows no TSO, marks a row over the size limit as TiCDC does.
  const isMarkedCanal = extension?.onlyHandleKey === true && extension.commitTs === undefined;
  if (extension === undefined || isMarkedCanal) return { committedAt: es };
  const commitTs = timestampOf(extension, 'commitTs');
  return { commitTs, committedAt: millisecondsOf(commitTs) };
}
