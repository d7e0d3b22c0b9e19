import { DecodeError, describe, quote } from '../decode-error.ts';
import { isObject, wrongField } from '../fields.ts';
import type { RowImage } from '../message.ts';
import { checkName } from '../row-change.ts';
import { base64Of, numberText, textOf, textOfBase64, wholeNumberText } from '../sql-text.ts';
import { goQuotedBytes } from './go-quoted.ts';

/** Bits of a column's `f`. */
const flags = { binary: 1, primaryKey: 8 } as const;

type ToText = (value: unknown, place: string) => string;

/** How the values of each type arrive. The numbers are those of MySQL's protocol (mysql.TypeX in TiDB's parser). */
const types: ReadonlyMap<unknown, { text: ToText; binary?: ToText }> = new Map([
  ...each([1, 2, 3, 8, 9, 13, 16, 247, 248], { text: wholeNumberText }),
  ...each([4, 5], { text: numberText }),
  // TIMESTAMP, DATE, TIME, DATETIME, NEWDATE, VECTOR, JSON, DECIMAL
  ...each([7, 10, 11, 12, 14, 225, 245, 246], { text: textOf, binary: textOf }),
  // VARCHAR, VARSTRING, CHAR
  ...each([15, 253, 254], { text: textOf, binary: goQuotedBytes }),
  // TINYBLOB, MEDIUMBLOB, LONGBLOB, BLOB, and the TEXT types
  ...each([249, 250, 251, 252], { text: textOfBase64, binary: base64Of }),
]);

function each<T>(numbers: readonly number[], type: T): [number, T][] {
  return numbers.map((number) => [number, type]);
}

export interface Columns {
  readonly image: RowImage;
  readonly keyNames: readonly string[];
}

/**
 * Returns the row image in `u`, `p` or `d`. It is converted in place, which keeps a column named `__proto__`.
 * @param field its name in an error
 * @throws DecodeError
 */
export function columnsOf(columns: unknown, field: string): Columns {
  if (!isObject(columns)) throw wrongField(field, columns, 'an object');
  const keyNames: string[] = [];
  for (const name of Object.keys(columns)) {
    checkName(`a column of ${field}`, name);
    const place = `${field}.${quote(name)}`;
    const column = columns[name];
    if (!isObject(column)) throw wrongField(place, column, 'an object');
    const { t: type, f: flag, v: value } = column;
    const conversions = types.get(type);
    if (conversions === undefined) throw new DecodeError('UNKNOWN_COLUMN_TYPE', `${place} has t ${describe(type)}`);
    if (typeof flag !== 'number') throw wrongField(`${place}.f`, flag, 'a number');
    if (value === undefined) throw wrongField(`${place}.v`, value, 'a value');
    const { text, binary = text } = conversions;
    columns[name] = value === null ? null : (flag & flags.binary ? binary : text)(value, place);
    if (flag & flags.primaryKey) keyNames.push(name);
  }
  return { image: columns as RowImage, keyNames };
}
