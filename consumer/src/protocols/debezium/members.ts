import { textOf } from '../sql-text.ts';

/** The index of an ENUM's value, as the other protocols send it: from 1, and 0 for the empty value of an invalid one. */
export function enumIndex(value: unknown, members: readonly string[], place: string): string {
  const name = textOf(value, place);
  const index = members.indexOf(name) + 1;
  // A name that TiCDC has escaped in another way than its members: better the name than no row.
  return index > 0 || name === '' ? String(index) : name;
}

/** The bitmask of a SET's value, as the other protocols send it. */
export function setMask(value: unknown, members: readonly string[], place: string): string {
  const names = textOf(value, place);
  if (names === '') return '0';
  const bits = names.split(',').map((name) => members.indexOf(name));
  if (bits.includes(-1)) return names;
  return String(bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n));
}

/** The members in a schema's `allowed`, which are separated by commas; a comma in a name has a backslash before it. */
export function membersOf(allowed: string): string[] {
  return allowed.split(/(?<!\\),/).map((member) => member.replaceAll('\\,', ','));
}
