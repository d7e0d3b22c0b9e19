import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, quote } from './decode-error.ts';
import { wrongField } from './fields.ts';
import type { RowChange, RowImage } from './message.ts';

/** 64 characters of at most two UTF-16 units each. */
const longestName = 128;
/** InnoDB's limit for the columns of a key is 16, MariaDB's 32. */
export const mostKeyColumns = 32;

/** @throws DecodeError INVALID_NAME when no server can have a schema, table or column of that name */
export function checkName(field: string, name: string): void {
  if (name.length === 0 || name.length > longestName) {
    throw new DecodeError('INVALID_NAME', `${field} is ${quote(name)}`);
  }
}

/** What a protocol's message says about one row. */
export interface RowParts {
  readonly schema: string;
  readonly table: string;
  readonly operation: Operation;
  readonly commitTs: string | undefined;
  /** milliseconds since the epoch */
  readonly committedAt: number;
  readonly data: RowImage;
  /** the row before an update, if the message has it */
  readonly old: RowImage | undefined;
  readonly keyNames: readonly string[];
  /** whether the message says that it has the key's columns only */
  readonly isCut: boolean;
  /** the location of the file with the whole row, as the message has it; undefined for none */
  readonly claimCheck: unknown;
}

/**
 * @param place name of `data` in an error
 * @throws DecodeError MISSING_KEY_COLUMN
 */
export function rowChange(parts: RowParts, place: string): RowChange {
  const { schema, table, operation, commitTs, committedAt, data, old, keyNames, claimCheck } = parts;
  const isCut = parts.isCut || claimCheck !== undefined;
  const change: RowChange = {
    schema,
    table,
    operation,
    primaryKey: primaryKeyOf(data, keyNames, place),
    committedAt,
    data,
    keysOnly: isCut || (operation === 'delete' && hasOnlyKeys(data, keyNames)),
  };
  if (isCut) change.isCut = true;
  if (claimCheck !== undefined) change.claimCheck = claimCheckOf(claimCheck);
  if (commitTs !== undefined) change.commitTs = commitTs;
  if (old !== undefined) {
    change.old = old;
    change.changed = changedColumns(old, data);
  }
  return change;
}

/** Returns a cut change with the images that were read from the database. */
export function lookedUpChange(
  { schema, table, operation, primaryKey, commitTs, committedAt }: RowChange,
  { data, old }: Pick<RowChange, 'data' | 'old'>,
): RowChange {
  return {
    ...{ schema, table, operation, primaryKey, committedAt, data, keysOnly: false, lookedUp: true },
    ...(commitTs !== undefined && { commitTs }),
    ...(old !== undefined && { old, changed: changedColumns(old, data) }),
  };
}

function claimCheckOf(location: unknown): string {
  if (typeof location !== 'string') throw wrongField('the location of the claim check', location, 'a string');
  return location;
}

function primaryKeyOf(image: RowImage, keyNames: readonly string[], place: string): RowImage {
  return Object.fromEntries(
    keyNames.map((name) => {
      const value = Object.hasOwn(image, name) ? image[name] : undefined;
      if (value === undefined) throw new DecodeError('MISSING_KEY_COLUMN', `${place} has no ${quote(name)}`);
      return [name, value];
    }),
  );
}

function hasOnlyKeys(image: RowImage, keyNames: readonly string[]): boolean {
  return Object.keys(image).every((column) => keyNames.includes(column));
}

function changedColumns(old: RowImage, data: RowImage): string[] {
  return Object.keys(old).filter((column) => data[column] !== old[column]);
}
