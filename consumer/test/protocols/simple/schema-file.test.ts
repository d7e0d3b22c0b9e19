import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../../runtime/test/support/folder.ts';
import { SchemaFile, schemaFilePath } from '../../../src/protocols/simple/schema-file.ts';
import { createSimple } from '../../../src/protocols/simple/simple.ts';

const key = { topic: 'cdc-events', schema: 'shop', table: 'orders', version: '470639363278766080', keyNames: ['id'] };

async function newPath(): Promise<string> {
  return schemaFilePath(path.join(await temporaryFolder(), 'events.ndjson'));
}

function open(file: string): SchemaFile {
  const schemaFile = new SchemaFile(file);
  onTestFinished(() => schemaFile.close());
  return schemaFile;
}

const bootstrap = Buffer.from(
  '{"version":1,"type":"BOOTSTRAP","buildTs":1,"tableSchema":{"schema":"shop","table":"orders","version":470639363278766080,"indexes":[{"primary":true,"columns":["id"]}]}}',
);
const row = Buffer.from(
  '{"version":1,"database":"shop","table":"orders","type":"INSERT","commitTs":470639363303931905,"buildTs":1,"schemaVersion":470639363278766080,"data":{"id":"1"}}',
);

test('a schema that was seen is known after a restart, in its topic', async () => {
  const file = await newPath();
  createSimple('cdc-events', open(file)).decode(null, bootstrap);
  expect(createSimple('cdc-events', open(file)).decode(null, row)).toMatchObject({
    rows: [{ primaryKey: { id: '1' } }],
  });
  expect(() => createSimple('other', open(file)).decode(null, row)).toThrow(/has not been seen/);
});

test('a schema that is sent again is not written again', async () => {
  const file = await newPath();
  const simple = createSimple('cdc-events', open(file));
  for (let times = 0; times < 3; times++) simple.decode(null, bootstrap);
  expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(key)}\n`);
});

test('a line that was cut by a crash is dropped, and the next one is whole', async () => {
  const file = await newPath();
  open(file).add(key);
  await appendFile(file, '{"topic":"cdc-ev');
  const again = open(file);
  expect(again.stored).toEqual([key]);
  again.add({ ...key, version: '2' });
  expect(open(file).stored).toEqual([key, { ...key, version: '2' }]);
});

test('the newest 10,000 are kept, and a file of more than twice that is made short', async () => {
  const file = await newPath();
  const lineOf = (version: number) => `${JSON.stringify({ ...key, version: String(version) })}\n`;
  await writeFile(file, Array.from({ length: 20_001 }, (_, version) => lineOf(version)).join(''));
  expect(open(file).stored).toHaveLength(10_000);
  const lines = (await readFile(file, 'utf8')).split('\n');
  expect([lines.length, `${lines[0]}\n`, `${lines[9_999]}\n`]).toEqual([10_001, lineOf(10_001), lineOf(20_000)]);
});

test('a file that holds something else is named with what to do', async () => {
  const file = await newPath();
  await writeFile(file, '{"topic":5}\n');
  expect(() => new SchemaFile(file)).toThrow(`${file}: line 1 is no schema: delete the file`);
});
