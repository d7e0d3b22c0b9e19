import { expect, test } from 'vitest';
import { toEventDocument } from '../../src/event-document.ts';
import { EventLines } from '../../src/event-log/event-lines.ts';
import { decodeCanalJson } from '../../src/protocols/canal-json/canal-json.ts';
import { documentOf } from '../support/documents.ts';
import { readVectors } from '../support/vectors.ts';

test('a line is the JSON of the document and nothing else, for every row that TiCDC wrote', () => {
  const lines = new EventLines();
  const documents = readVectors<{ valueBase64: string }>('canal-json.jsonl').flatMap(({ valueBase64 }, offset) => {
    const message = decodeCanalJson(Buffer.from(valueBase64, 'base64'));
    const rows = message.kind === 'rows' ? message.rows : [];
    return rows.map((change, row) =>
      toEventDocument(change, { topic: 'cdc-events', partition: 0, offset: String(offset), row }),
    );
  });
  for (const document of documents) lines.append(document);
  expect(documents.length).toBeGreaterThan(100);
  expect(lines.take().toString()).toBe(documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
});

test('names that mean something to a logger are columns like others', () => {
  const lines = new EventLines();
  const document = documentOf(1);
  const data = { err: 'e', error: 'f', req: 'r', res: 's', level: '30', time: 't', msg: 'm', pid: '1', password: 'p' };
  const odd = {
    ...document,
    cdc: { ...document.cdc, data: { ...data, toJSON: 'j', __proto__x: 'ü\u2028\ud800"\\\n' } },
  };
  lines.append(odd);
  expect(lines.take().toString()).toBe(`${JSON.stringify(odd)}\n`);
});

test('what was taken is not there again', () => {
  const lines = new EventLines();
  lines.append(documentOf(1));
  lines.take();
  lines.append(documentOf(2));
  expect(lines.take().toString()).toBe(`${JSON.stringify(documentOf(2))}\n`);
  expect(lines.take()).toHaveLength(0);
});
