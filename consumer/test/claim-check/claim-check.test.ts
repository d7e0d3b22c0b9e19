import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProtocolName } from '@tidb-cdc/runtime/names';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../runtime/test/support/folder.ts';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { eventually } from '../../../runtime/test/support/scratch.ts';
import { ClaimFolder } from '../../src/claim-check/claim-folder.ts';
import { decodeBatch } from '../../src/decode-batch.ts';
import type { EventDocument } from '../../src/event-document.ts';
import { Health } from '../../src/health.ts';
import { createDecoder, type RawMessage } from '../../src/protocols/decoder.ts';
import { completeRows } from '../../src/row-completer.ts';
import { claimsOf } from '../support/claims.ts';
import { kafkaMessage } from '../support/messages.ts';

const commitTs = '470639363303931905';
const name = 'c05a7a31-8d5d-4f1c-9c9a-2d8e3b4b7a10.json';
const location = `file:///claims/${name}`;

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function frames(version: readonly Buffer[], content: string): Buffer {
  return Buffer.concat([...version, number(Buffer.byteLength(content)), Buffer.from(content)]);
}

type Make = (data: 'key' | 'whole', claim?: string) => RawMessage;

const canalJson: Make = (data, claim) => {
  const columns = data === 'key' ? '{"id":"1"}' : '{"id":"1","note":"long"}';
  const mark = claim === undefined ? '' : `,"onlyHandleKey":false,"claimCheckLocation":${JSON.stringify(claim)}`;
  return {
    key: null,
    value: Buffer.from(
      `{"database":"shop","table":"orders","pkNames":["id"],"isDdl":false,"type":"INSERT","es":1,"mysqlType":{"id":"int","note":"text"},"old":null,"data":[${columns}],"_tidb":{"commitTs":${commitTs}${mark}}}`,
    ),
  };
};

const openProtocol: Make = (data, claim) => {
  const mark = claim === undefined ? '' : `,"ohk":false,"ccl":${JSON.stringify(claim)}`;
  const note = data === 'key' ? '' : ',"note":{"t":15,"f":0,"v":"long"}';
  return {
    key: frames([number(1)], `{"ts":${commitTs},"scm":"shop","tbl":"orders","t":1${mark}}`),
    value: frames([], `{"u":{"id":{"t":3,"h":true,"f":11,"v":1}${note}}}`),
  };
};

const simple: Make = (data, claim) => {
  const columns = data === 'key' ? '{"id":"1"}' : '{"id":"1","note":"long"}';
  const mark = claim === undefined ? '' : `,"claimCheckLocation":${JSON.stringify(claim)}`;
  return {
    key: null,
    value: Buffer.from(
      `{"version":1,"database":"shop","table":"orders","type":"INSERT","commitTs":${commitTs},"buildTs":1,"schemaVersion":1${mark},"data":${columns}}`,
    ),
  };
};

const bootstrap =
  '{"version":1,"type":"BOOTSTRAP","buildTs":1,"tableSchema":{"schema":"shop","table":"orders","version":1,"indexes":[{"primary":true,"columns":["id"]}]}}';

/** Returns a file as TiCDC writes it: Go's JSON of a struct of two byte slices. */
function fileOf({ key, value }: RawMessage): string {
  return JSON.stringify({ key: key?.toString('base64') ?? null, value: value?.toString('base64') });
}

async function decode(folder: string | undefined, message: RawMessage, protocol: ProtocolName = 'canal-json') {
  const { log } = recordedLog();
  const decoder = createDecoder(protocol, log);
  const completion = folder === undefined ? undefined : claimsOf(new ClaimFolder(folder), decoder);
  const events: EventDocument[] = [];
  const append = (line: string) => void events.push(JSON.parse(line) as EventDocument);
  const schema = protocol === 'simple' ? [kafkaMessage(0, bootstrap)] : [];
  const messages = [...schema, { ...kafkaMessage(1, message.value), key: message.key }];
  const source = { topic: 'cdc-events', partition: 0, messages };
  const decoded = await decodeBatch(source, { decoder, completion, nextNew: 0, maxLineBytes: 32_768, append, log });
  return { events, deadLetters: decoded.deadLetters };
}

/** Creates a folder with the file. */
async function claims(content: string | Buffer): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, name), content);
  return folder;
}

describe.each([
  ['canal-json', canalJson],
  ['open-protocol', openProtocol],
  ['simple', simple],
] as const)('%s', (protocol, make) => {
  test('the row is the one in the file, with the identity that it would have had', async () => {
    const { events } = await decode(await claims(fileOf(make('whole'))), make('key', location), protocol);
    const { events: direct } = await decode(undefined, make('whole'), protocol);
    expect(events).toEqual(direct);
    expect(events[0]?.cdc.data).toEqual({ id: '1', note: 'long' });
    expect(events[0]?.cdc).not.toHaveProperty('keys_only');
  });

  test('without CLAIM_CHECK_LOCATION the row has its key only', async () => {
    const { events } = await decode(undefined, make('key', location), protocol);
    expect(events[0]?.cdc).toMatchObject({ keys_only: true, data: { id: '1' } });
  });
});

test('a file may hold the value alone (claim-check-raw-value)', async () => {
  const folder = await claims(canalJson('whole').value ?? '');
  expect((await decode(folder, canalJson('key', location))).events[0]?.cdc.data).toEqual({ id: '1', note: 'long' });
});

test('the folder that TiCDC names does not matter', async () => {
  const folder = await claims(fileOf(canalJson('whole')));
  for (const elsewhere of [`s3://bucket/prefix/${name}`, `/tmp/claims/${name}`, name]) {
    expect((await decode(folder, canalJson('key', elsewhere))).deadLetters).toEqual([]);
  }
});

describe('a dead letter', () => {
  const whole = fileOf(canalJson('whole'));
  const change = (from: string, to: string) => {
    const value = Buffer.from(canalJson('whole').value?.toString().replaceAll(from, to) ?? '');
    return fileOf({ key: null, value });
  };

  test.each([
    ['no such file', whole, location.replace('c05a', 'ffff'), 'CLAIM_CHECK', 'ENOENT'],
    ['a path that leads out', whole, `file:///claims/../${name}`, 'CLAIM_CHECK', 'not the name of a file'],
    ['a path of another system', whole, `..\\${name}`, 'CLAIM_CHECK', 'not the name of a file'],
    ['no file name', whole, 'file:///claims/', 'CLAIM_CHECK', 'not the name of a file'],
    ['another kind of file', whole, 'file:///etc/passwd', 'CLAIM_CHECK', 'not the name of a file'],
    ['a hidden file', whole, '.json', 'CLAIM_CHECK', 'not the name of a file'],
    ['a zero byte', whole, `${name}\0.json`, 'CLAIM_CHECK', 'not the name of a file'],
    ['another row', change('"id":"1"', '"id":"2"'), location, 'CLAIM_CHECK', 'holds another change'],
    ['another table', change('orders', 'customers'), location, 'CLAIM_CHECK', 'holds another change'],
    ['another commit', change(commitTs, '470639363303931906'), location, 'CLAIM_CHECK', 'holds another change'],
    ['a claim again', fileOf(canalJson('key', location)), location, 'CLAIM_CHECK', 'holds another change'],
    ['a cut file', whole.slice(0, 40), location, 'INVALID_JSON', 'is not JSON'],
    ['an empty file', '', location, 'EMPTY_VALUE', '0 bytes'],
  ])('for %s', async (_, content, claim, code, reason) => {
    const { events, deadLetters } = await decode(await claims(content), canalJson('key', claim));
    expect(events).toEqual([]);
    expect(deadLetters).toMatchObject([{ code, message: { offset: '1' } }]);
    expect(deadLetters[0]?.reason).toContain(reason);
  });

  test('for a link, which could lead out of the folder', async () => {
    const folder = await temporaryFolder();
    const outside = await claims(whole);
    await symlink(path.join(outside, name), path.join(folder, name));
    expect((await decode(folder, canalJson('key', location))).deadLetters[0]?.reason).toContain('ELOOP');
  });

  test('for a folder in the place of the file', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, name));
    expect((await decode(folder, canalJson('key', location))).deadLetters[0]?.reason).toContain('EISDIR');
  });
});

test('a folder that is not there is waited for: it may be mounted yet', async () => {
  const folder = path.join(await temporaryFolder(), 'claims');
  const decoder = createDecoder('canal-json', recordedLog().log);
  const health = new Health(60);
  health.joined(1);
  const completion = claimsOf(new ClaimFolder(folder), decoder, { health });
  const message = canalJson('key', location);
  const place = { topic: 'cdc-events', partition: 0, offset: '0' };
  const completed = completeRows(decoder.decode(place, message), { place, message }, completion);
  await eventually('the reason', () => health.ready().reason?.includes('ENOENT') ?? false);
  await mkdir(folder);
  await writeFile(path.join(folder, name), fileOf(canalJson('whole')));
  expect(await completed).toMatchObject({ kind: 'rows', rows: [{ table: 'orders' }] });
});
