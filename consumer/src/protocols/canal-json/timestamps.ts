import { DecodeError, describe } from '../decode-error.ts';
import { isObject, type JsonObject, wrongField } from '../fields.ts';
import { millisecondsOf, timestampOf } from '../timestamps.ts';

/** Returns the `_tidb` object of TiCDC's `enable-tidb-extension`; undefined without it, as in Canal's messages. */
export function extensionOf(message: JsonObject): JsonObject | undefined {
  const extension = message._tidb;
  if (extension !== undefined && !isObject(extension)) throw wrongField('_tidb', extension, 'an object');
  return extension;
}

/** `@timestamp` is an ISO date with a year of four digits. */
const endOfYear9999 = 253_402_300_799_999;

/** When a change was committed: the TSO if the message carries one, otherwise the source's own time `es`. */
export interface CommitTime {
  commitTs?: string;
  /** milliseconds since the epoch; from `es` it has the source's precision, whole seconds for Canal */
  committedAt: number;
}

/** @throws DecodeError when `es` or `_tidb.commitTs` is not valid */
export function commitTimeOf(message: JsonObject, extension: JsonObject | undefined): CommitTime {
  const { es } = message;
  if (typeof es !== 'number') throw wrongField('es', es, 'a number');
  if (!Number.isInteger(es) || es < 0 || es > endOfYear9999) {
    throw new DecodeError('INVALID_TIMESTAMP', `es is ${describe(es)}`);
  }
  // Our launcher of Canal has no TSO, but marks a row over the size limit as TiCDC does.
  const isMarkedCanal = extension?.onlyHandleKey === true && extension.commitTs === undefined;
  if (extension === undefined || isMarkedCanal) return { committedAt: es };
  const commitTs = timestampOf(extension, 'commitTs', '_tidb.commitTs');
  return { commitTs, committedAt: millisecondsOf(commitTs) };
}
