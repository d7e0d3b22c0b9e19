import { DecodeError, describe } from './decode-error.ts';

/** An object from `JSON.parse`, whose fields are not checked yet. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the error for a `field` that is not `expected`: MISSING_FIELD or WRONG_TYPE. */
export function wrongField(field: string, value: unknown, expected: string): DecodeError {
  return value === undefined
    ? new DecodeError('MISSING_FIELD', `${field} is missing`)
    : new DecodeError('WRONG_TYPE', `${field} is ${describe(value)}, not ${expected}`);
}

/** @throws DecodeError when the field is not a string */
export function textField(message: JsonObject, field: string): string {
  const value = message[field];
  if (typeof value !== 'string') throw wrongField(field, value, 'a string');
  return value;
}

/** @throws DecodeError when the field is not a boolean */
export function booleanField(message: JsonObject, field: string): boolean {
  const value = message[field];
  if (typeof value !== 'boolean') throw wrongField(field, value, 'a boolean');
  return value;
}

/** Returns the array in the field, or null when the field is null. @throws DecodeError when it is neither */
export function arrayField(message: JsonObject, field: string): readonly unknown[] | null {
  const value = message[field];
  if (value !== null && !Array.isArray(value)) throw wrongField(field, value, 'an array or null');
  return value;
}
