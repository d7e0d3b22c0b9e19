import { DecodeError, describe, quote } from '../decode-error.ts';
import { isObject, type JsonObject, wrongField } from '../fields.ts';
import type { RowImage } from '../message.ts';
import { checkName } from '../row-change.ts';

/** Converts the text in the message to that in the document. `column` is its name in an error. */
type Conversion = (text: string, column: string) => string;

/** TiCDC writes types without lengths (unless content-compatible), Canal with them: `varbinary`, `varbinary(16)`. */
const convertedType = /^(?:(binary|varbinary|(?:tiny|medium|long)?blob)|decimal)\b(?:\((\d{1,3})(?:,(\d{1,2}))?\))?/i;
const beyondOneByte = /[\u0100-\uffff]/;
const plainDecimal = /^-?\d+(?:\.\d+)?$/;

/** Bytes arrive as ISO-8859-1, one code point per byte. */
function bytesToBase64(width: number): Conversion {
  return (text, column) => {
    if (beyondOneByte.test(text)) throw new DecodeError('NOT_BINARY', `${column} is ${describe(text)}`);
    return Buffer.from(text.padEnd(width, '\0'), 'latin1').toString('base64');
  };
}

/** Canal drops the last 0 of a fraction that is all zeros: 100.00 in DECIMAL(12,2) arrives as 100.0. */
function fullFraction(scale: number): Conversion {
  return (text) => {
    const point = text.indexOf('.');
    const missing = scale - (point < 0 ? 0 : text.length - point - 1);
    if (missing <= 0 || !plainDecimal.test(text)) return text;
    return `${text}${point < 0 ? '.' : ''}${'0'.repeat(missing)}`;
  };
}

function conversionFor(type: string): Conversion | undefined {
  const match = convertedType.exec(type);
  if (match === null) return undefined;
  const [, bytes, length, scale] = match;
  if (bytes === undefined) return scale === undefined ? undefined : fullFraction(Number(scale));
  // MySQL's binlog omits zero bytes at the end of a BINARY(n), which always has n bytes.
  return bytesToBase64(bytes.toLowerCase() === 'binary' ? Number(length ?? 0) : 0);
}

/** The columns' types in one message, and the conversions that they need. */
export interface ColumnTypes {
  readonly names: JsonObject;
  readonly conversions: ReadonlyMap<string, Conversion>;
}

/** @throws DecodeError when `mysqlType` is not an object of strings */
export function columnTypesOf(message: JsonObject): ColumnTypes {
  const names = message.mysqlType;
  if (!isObject(names)) throw wrongField('mysqlType', names, 'an object');
  const conversions = new Map<string, Conversion>();
  for (const column of Object.keys(names)) {
    const type = names[column];
    if (typeof type !== 'string') throw wrongField(`mysqlType.${quote(column)}`, type, 'a string');
    const conversion = conversionFor(type);
    if (conversion) conversions.set(column, conversion);
  }
  return { names, conversions };
}

/**
 * Returns the row image in one entry of `data` or `old`. It is converted in place, not copied: that is fastest, and
 * keeps a column named `__proto__`, which `JSON.parse` has made an own property.
 * @param field name of the entry in an error, `data[0]`
 * @throws DecodeError when it is not an object of strings and nulls, or a column's type is unknown
 */
export function rowImageOf(entry: unknown, field: string, { names, conversions }: ColumnTypes): RowImage {
  if (!isObject(entry)) throw wrongField(field, entry, 'an object');
  const columnOfField = `a column of ${field}`;
  for (const column of Object.keys(entry)) {
    checkName(columnOfField, column);
    const value = entry[column];
    if (typeof value !== 'string' && value !== null) {
      throw new DecodeError('INVALID_COLUMN_VALUE', `${field}.${quote(column)} is ${describe(value)}`);
    }
    if (!Object.hasOwn(names, column)) {
      throw new DecodeError('UNKNOWN_COLUMN_TYPE', `${field}.${quote(column)} is not in mysqlType`);
    }
    const conversion = conversions.get(column);
    if (conversion && value !== null) entry[column] = conversion(value, `${field}.${quote(column)}`);
  }
  return entry as RowImage;
}
