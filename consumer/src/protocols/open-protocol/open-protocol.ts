import { DecodeError, describe } from '../decode-error.ts';
import { type JsonObject, textField, wrongField } from '../fields.ts';
import { keepLongNumbers, parseObject, requireValue } from '../json.ts';
import type { DecodedMessage, RowChange } from '../message.ts';
import type { Protocol } from '../protocol.ts';
import { checkName, rowChange } from '../row-change.ts';
import { millisecondsOf, timestampOf } from '../timestamps.ts';
import { columnsOf } from './columns.ts';
import { hasVersion, keyFrames, valueFrames } from './frames.ts';

/** Values of `t` in a key: what the value is. */
const messageType = { row: 1, schemaChange: 2, resolved: 3 } as const;

/**
 * TiCDC's open-protocol: several rows in one message, with their keys in its key and their values in its value.
 * A message with a schema change or a resolved timestamp (the watermark) contains nothing else.
 */
export const openProtocol: Protocol = {
  name: 'open-protocol',
  recognizes: hasVersion,
  decode: (key, value) => {
    const keys = keyFrames(key);
    const values = valueFrames(requireValue(value));
    if (keys.length === 0 || keys.length !== values.length) {
      throw new DecodeError('INVALID_FRAME', `the message has ${keys.length} keys and ${values.length} values`);
    }
    const events = keys.map((frame, index) => decodeFrame(frame, values[index] ?? Buffer.alloc(0), index));
    const [first] = events;
    if (events.length === 1 && first !== undefined) return first;
    return { kind: 'rows', rows: events.flatMap(rowsOf) };
  },
};

function rowsOf(event: DecodedMessage, index: number): readonly RowChange[] {
  if (event.kind !== 'rows') throw new DecodeError('INVALID_FRAME', `frame ${index} is a ${event.kind} among others`);
  return event.rows;
}

function decodeFrame(keyFrame: Buffer, valueFrame: Buffer, index: number): DecodedMessage {
  const key = parseObject(keyFrame, `key ${index}`, keepLongNumbers);
  const commitTs = timestampOf(key, 'ts');
  const committedAt = millisecondsOf(commitTs);
  if (key.t === messageType.resolved) return { kind: 'watermark', watermarkTs: commitTs, reachedAt: committedAt };
  const value = () => parseObject(valueFrame, `value ${index}`, keepLongNumbers);
  switch (key.t) {
    case messageType.row:
      return { kind: 'rows', rows: [rowOf(key, value(), { commitTs, committedAt })] };
    case messageType.schemaChange:
      return schemaChangeOf(key, value(), { commitTs, committedAt });
    default:
      throw new DecodeError('UNKNOWN_MESSAGE_TYPE', `t of key ${index} is ${describe(key.t)}`);
  }
}

interface CommitTime {
  readonly commitTs: string;
  readonly committedAt: number;
}

/** A row has `d` (delete), `u` (insert), or `u` and the former values in `p` (update). */
function rowOf(key: JsonObject, value: JsonObject, time: CommitTime): RowChange {
  const [schema, table] = [textField(key, 'scm'), textField(key, 'tbl')];
  checkName('scm', schema);
  checkName('tbl', table);
  const isDelete = value.d !== undefined;
  const field = isDelete ? 'd' : 'u';
  const { image: data, keyNames } = columnsOf(value[field], field);
  const old = isDelete || value.p === undefined ? undefined : columnsOf(value.p, 'p').image;
  const operation = isDelete ? 'delete' : old === undefined ? 'insert' : 'update';
  const cut = { isCut: key.ohk === true, claimCheck: key.ccl };
  return rowChange({ schema, table, operation, ...time, data, old, keyNames, ...cut }, field);
}

function schemaChangeOf(key: JsonObject, value: JsonObject, time: CommitTime): DecodedMessage {
  // TiCDC omits an empty name.
  const [schema, table] = [key.scm ?? '', key.tbl ?? ''];
  if (typeof schema !== 'string') throw wrongField('scm', schema, 'a string');
  if (typeof table !== 'string') throw wrongField('tbl', table, 'a string');
  // The number of TiDB's model.ActionType.
  if (typeof value.t !== 'number') throw wrongField('t', value.t, 'a number');
  return { kind: 'schema-change', schema, table, type: `action ${value.t}`, sql: textField(value, 'q'), ...time };
}
