import { textOf } from '../sql-text.ts';

/** Returns the index of an ENUM's value, as the other protocols send it: from 1, or 0 for '', an invalid value. */
export function enumIndex(value: unknown, members: readonly string[], place: string): string {
  const name = textOf(value, place);
  const index = members.indexOf(name) + 1;
  // TiCDC may escape a name differently from the members. The name is better than no row.
  return index > 0 || name === '' ? String(index) : name;
}

/** Returns the bitmask of a SET's value, as the other protocols send it. */
export function setMask(value: unknown, members: readonly string[], place: string): string {
  const names = textOf(value, place);
  if (names === '') return '0';
  const bits = names.split(',').map((name) => members.indexOf(name));
  if (bits.includes(-1)) return names;
  return String(bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n));
}

/** Splits a schema's `allowed` into its members. Commas separate them; a comma in a name follows a backslash. */
export function membersOf(allowed: string): string[] {
  return allowed.split(/(?<!\\),/).map((member) => member.replaceAll('\\,', ','));
}
