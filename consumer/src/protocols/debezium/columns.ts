import { DecodeError, describe, quote } from '../decode-error.ts';
import { isObject, type JsonObject, wrongField } from '../fields.ts';
import type { RowImage } from '../message.ts';
import { checkName } from '../row-change.ts';
import { base64Of, numberText, textOf, wholeNumberText, wrongValue } from '../sql-text.ts';
import { enumIndex, membersOf, setMask } from './members.ts';
import { dateText, microsecondDateTimeText, millisecondDateTimeText, timestampText, timeText } from './temporal.ts';

/** Converts a column's value to its text in the document. */
type ToText = (value: unknown, place: string) => string;

/** Types of Kafka Connect. The bytes of a binary column arrive as a base64 string. */
const plainTypes: ReadonlyMap<unknown, ToText> = new Map([
  ['int16', wholeNumberText],
  ['int32', wholeNumberText],
  ['int64', wholeNumberText],
  ['float', numberText],
  ['double', numberText],
  ['boolean', bitText],
  ['string', textOf],
  ['bytes', base64Of],
]);

/** Schema names, which are more specific than the type. */
const namedTypes: ReadonlyMap<unknown, (parameters: JsonObject) => ToText> = new Map([
  ['io.debezium.data.Bits', () => bitsText],
  ['io.debezium.data.Enum', (parameters: JsonObject) => withMembers(enumIndex, parameters)],
  ['io.debezium.data.EnumSet', (parameters: JsonObject) => withMembers(setMask, parameters)],
  ['io.debezium.time.Date', () => dateText],
  ['io.debezium.time.Timestamp', () => millisecondDateTimeText],
  ['io.debezium.time.MicroTimestamp', () => microsecondDateTimeText],
  ['io.debezium.time.MicroTime', () => timeText],
  ['io.debezium.time.ZonedTimestamp', () => timestampText],
]);

function withMembers(text: typeof enumIndex, { allowed }: JsonObject): ToText {
  if (typeof allowed !== 'string') throw wrongField('parameters.allowed', allowed, 'a string');
  const members = membersOf(allowed);
  return (value, place) => text(value, members, place);
}

/** The conversion of each column, from the schema beside the payload; undefined if TiCDC sends no schema. */
export type ColumnTypes = ReadonlyMap<string, ToText> | undefined;

/**
 * @param image `before` or `after`
 * @throws DecodeError
 */
export function columnTypesOf(schema: unknown, image: string): ColumnTypes {
  if (schema === undefined || schema === null) return undefined;
  const struct = fieldsOf(schema, 'schema').find(({ field }) => field === image);
  const fields = fieldsOf(struct, `schema of ${image}`);
  return new Map(fields.map((column) => [nameOf(column, image), toTextOf(column, image)]));
}

function fieldsOf(struct: unknown, place: string): readonly JsonObject[] {
  if (!isObject(struct)) throw wrongField(place, struct, 'an object');
  const { fields } = struct;
  if (!Array.isArray(fields) || !fields.every(isObject))
    throw wrongField(`${place}.fields`, fields, 'an array of objects');
  return fields;
}

function nameOf({ field }: JsonObject, image: string): string {
  if (typeof field !== 'string') throw wrongField(`a field in the schema of ${image}`, field, 'a string');
  return field;
}

function toTextOf({ field, type, name, parameters, tidb_type: tidbType }: JsonObject, image: string): ToText {
  const named = namedTypes.get(name);
  if (named) return named(isObject(parameters) ? parameters : {});
  // TiCDC sends `tidb_type` with enable-tidb-extension.
  if (tidbType === 'bigint unsigned') return unsignedText;
  const plain = plainTypes.get(type);
  if (plain) return plain;
  throw new DecodeError('UNKNOWN_COLUMN_TYPE', `${quote(String(field))} in ${image} has type ${describe(type)}`);
}

/**
 * Returns the row image in `before` or `after`. It is converted in place, which keeps a column named `__proto__`.
 * @param field its name in an error
 * @throws DecodeError
 */
export function rowImageOf(image: unknown, field: string, types: ColumnTypes): RowImage {
  if (!isObject(image)) throw wrongField(field, image, 'an object');
  for (const column of Object.keys(image)) {
    checkName(`a column of ${field}`, column);
    const place = `${field}.${quote(column)}`;
    const toText = types === undefined ? untypedText : types.get(column);
    if (toText === undefined) throw new DecodeError('UNKNOWN_COLUMN_TYPE', `${place} is not in the schema`);
    const value = image[column];
    if (value !== null) image[column] = toText(value, place);
  }
  return image as RowImage;
}

/** Converts a value without a schema, by its JSON type. */
function untypedText(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? bitText(value, place) : numberText(value, place);
}

/** A BIT(1). */
function bitText(value: unknown, place: string): string {
  if (typeof value !== 'boolean') throw wrongValue(place, value, 'a boolean');
  return value ? '1' : '0';
}

/** A BIT(n) as a number; its bytes arrive in little-endian order. */
function bitsText(value: unknown, place: string): string {
  const bytes = Buffer.from(base64Of(value, place), 'base64').reverse();
  return bytes.length === 0 ? '0' : String(BigInt(`0x${bytes.toString('hex')}`));
}

/** A BIGINT UNSIGNED, which arrives as the signed number with the same bits. */
function unsignedText(value: unknown, place: string): string {
  return String(BigInt.asUintN(64, BigInt(wholeNumberText(value, place))));
}
