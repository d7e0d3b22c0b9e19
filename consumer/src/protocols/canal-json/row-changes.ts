import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, describe } from '../decode-error.ts';
import { arrayField, booleanField, type JsonObject, textField, wrongField } from '../fields.ts';
import type { RowChange } from '../message.ts';
import { checkName, mostKeyColumns, type RowParts, rowChange } from '../row-change.ts';
import { columnTypesOf, rowImageOf } from './columns.ts';
import { commitTimeOf, extensionOf } from './timestamps.ts';

/**
 * Returns the rows of an INSERT, UPDATE or DELETE message.
 * @throws DecodeError
 */
export function rowChangesOf(message: JsonObject, operation: Operation): RowChange[] {
  const schema = textField(message, 'database');
  const table = textField(message, 'table');
  checkName('database', schema);
  checkName('table', table);
  const extension = extensionOf(message);
  const { commitTs, committedAt } = commitTimeOf(message, extension);
  const isCut = extension !== undefined && isCutToKeys(extension);
  const data = arrayField(message, 'data');
  if (data === null || data.length === 0) throw new DecodeError('NO_ROWS', `data is ${describe(data)}`);
  const old = oldRowsOf(message, operation, data.length);
  const keyNames = keyNamesOf(message);
  const types = columnTypesOf(message);

  return data.map((entry, index) => {
    const parts: RowParts = {
      ...{ schema, table, operation, commitTs, committedAt, keyNames, isCut },
      claimCheck: extension?.claimCheckLocation,
      data: rowImageOf(entry, `data[${index}]`, types),
      old: old === null ? undefined : rowImageOf(old[index], `old[${index}]`, types),
    };
    return rowChange(parts, `data[${index}]`);
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

/** Whether TiCDC has replaced a row over its size limit by its keys. */
function isCutToKeys(extension: JsonObject): boolean {
  return extension.onlyHandleKey !== undefined && booleanField(extension, 'onlyHandleKey');
}
