import { describe, expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import type { RowImage } from '../../../src/protocols/message.ts';
import { bytesOf, expectedImage, readVectors, type Vector } from '../../support/vectors.ts';

const vectors = readVectors<Vector>('canal-json.jsonl');

function only(image: RowImage, columns: readonly string[]): RowImage {
  return Object.fromEntries(Object.entries(image).filter(([column]) => columns.includes(column)));
}

function differing(before: RowImage, after: RowImage): string[] {
  return Object.keys(before).filter((column) => before[column] !== after[column]);
}

const rowVectors = vectors.filter(({ expected }) => expected.rows.length > 0);
const schemaChanges = vectors.filter(({ expected }) => expected.type === 'DDL');
const watermarks = vectors.filter(({ expected }) => expected.type === 'WATERMARK');

test('every line of the file is one of the kinds tested here', () => {
  expect(vectors).toHaveLength(169);
  expect([rowVectors.length, schemaChanges.length, watermarks.length]).toEqual([120, 45, 4]);
});

describe.each(rowVectors)('$description, $config', (vector) => {
  test('has the values that SELECT returned', () => {
    const { config, expected } = vector;
    const [row, ...others] = expected.rows;
    if (row === undefined) throw new Error('the vector has no row');
    expect(others).toEqual([]);
    const message = JSON.parse(bytesOf(vector).toString());
    const before = expectedImage(row.before, expected.table);
    const after = expectedImage(row.after, expected.table);
    const whole = row.after === null ? before : after;
    const cut = message._tidb?.onlyHandleKey === true;
    const keysOfDelete = row.op === 'DELETE' && config['delete-only-output-handle-key-columns'] === true;
    const sent = (image: RowImage) => (cut || keysOfDelete ? only(image, row.handleKeys) : image);

    const change = {
      schema: expected.schema,
      table: expected.table,
      operation: row.op.toLowerCase(),
      primaryKey: only(whole, message.pkNames),
      // Without the extension the message has only the source's time, which here is that of the same TSO.
      ...(message._tidb && { commitTs: row.commitTs }),
      committedAt: Number(BigInt(row.commitTs) >> 18n),
      data: sent(whole),
      // pkNames omits a unique key that stands in for a primary key, so nothing shows that the row is keys only.
      keysOnly: cut || (keysOfDelete && message.pkNames.length > 0),
      ...(cut && { isCut: true }),
    };
    // In the message's order, which is the source's and not that of SELECT.
    const oldColumns = Object.keys(message.old?.[0] ?? {});
    const changed = oldColumns.filter((column) => before[column] !== after[column]);
    const old = config['only-output-updated-columns'] === true ? only(before, differing(before, after)) : sent(before);
    expect(decodeCanalJson(bytesOf(vector))).toEqual({
      kind: 'rows',
      rows: [row.op === 'UPDATE' ? { ...change, old, changed } : change],
    });
  });
});

test.each(schemaChanges)('$description, $config', (vector) => {
  const { schema, table, query, commitTs } = vector.expected;
  const { type, _tidb } = JSON.parse(bytesOf(vector).toString());
  expect(decodeCanalJson(bytesOf(vector))).toEqual({
    kind: 'schema-change',
    schema,
    table,
    type,
    sql: query,
    ...(_tidb && { commitTs }),
    committedAt: Number(BigInt(commitTs) >> 18n),
  });
});

test.each(watermarks)('$description, $config', (vector) => {
  const { commitTs } = vector.expected;
  expect(decodeCanalJson(bytesOf(vector))).toEqual({
    kind: 'watermark',
    watermarkTs: commitTs,
    reachedAt: Number(BigInt(commitTs) >> 18n),
  });
});
