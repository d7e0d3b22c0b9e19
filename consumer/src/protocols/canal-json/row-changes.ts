import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, describe, quote } from '../decode-error.ts';
import { arrayField, booleanField, type JsonObject, textField, wrongField } from '../fields.ts';
import type { RowChange, RowImage } from '../message.ts';
import { checkName, columnTypesOf, rowImageOf } from './columns.ts';
import { commitTimeOf, extensionOf } from './timestamps.ts';

/** InnoDB's limit for the columns of a key is 16, MariaDB's 32. */
const mostKeyColumns = 32;

/**
 * The rows of an INSERT, UPDATE or DELETE message.
 * @throws DecodeError
 */
export function rowChangesOf(message: JsonObject, operation: Operation): RowChange[] {
  const schema = textField(message, 'database');
  const table = textField(message, 'table');
  checkName('database', schema);
  checkName('table', table);
  const extension = extensionOf(message);
  const { commitTs, committedAt } = commitTimeOf(message, extension);
  const cut = extension !== undefined && isCutToKeys(extension);
  const data = arrayField(message, 'data');
  if (data === null || data.length === 0) throw new DecodeError('NO_ROWS', `data is ${describe(data)}`);
  const old = oldRowsOf(message, operation, data.length);
  const keyNames = keyNamesOf(message);
  const types = columnTypesOf(message);

  return data.map((entry, index) => {
    const image = rowImageOf(entry, `data[${index}]`, types);
    const primaryKey = primaryKeyOf(image, keyNames, index);
    const keysOnly = cut || (operation === 'delete' && hasOnlyKeys(image, keyNames));
    const change: RowChange = { schema, table, operation, primaryKey, committedAt, data: image, keysOnly };
    if (commitTs !== undefined) change.commitTs = commitTs;
    if (old) {
      change.old = rowImageOf(old[index], `old[${index}]`, types);
      change.changed = changedColumns(change.old, image);
    }
    return change;
  });
}

function oldRowsOf(message: JsonObject, operation: Operation, rows: number): readonly unknown[] | null {
  const old = arrayField(message, 'old');
  if (operation === 'update' ? old?.length !== rows : old !== null) {
    throw new DecodeError(
      'OLD_MISMATCH',
      `old is ${describe(old)} in a message of type ${operation} with ${rows} rows`,
    );
  }
  return old;
}

function keyNamesOf(message: JsonObject): readonly string[] {
  const names = arrayField(message, 'pkNames') ?? [];
  if (names.length > mostKeyColumns) throw new DecodeError('INVALID_NAME', `pkNames is ${describe(names)}`);
  return names.map((name, index) => {
    if (typeof name !== 'string') throw wrongField(`pkNames[${index}]`, name, 'a string');
    return name;
  });
}

function primaryKeyOf(image: RowImage, keyNames: readonly string[], index: number): RowImage {
  return Object.fromEntries(
    keyNames.map((name) => {
      const value = Object.hasOwn(image, name) ? image[name] : undefined;
      if (value === undefined) throw new DecodeError('MISSING_KEY_COLUMN', `data[${index}] has no ${quote(name)}`);
      return [name, value];
    }),
  );
}

/** TiCDC replaces a row over its size limit by its keys (`handle-key-only`), or by its keys and a file (`claim-check`). */
function isCutToKeys(extension: JsonObject): boolean {
  return (
    extension.claimCheckLocation !== undefined ||
    (extension.onlyHandleKey !== undefined && booleanField(extension, 'onlyHandleKey'))
  );
}

function hasOnlyKeys(image: RowImage, keyNames: readonly string[]): boolean {
  return Object.keys(image).every((column) => keyNames.includes(column));
}

function changedColumns(old: RowImage, data: RowImage): string[] {
  return Object.keys(old).filter((column) => data[column] !== old[column]);
}
