import S3rver from '@20minutes/s3rver';
import { type BucketAccess, ClaimBucket } from '@tidb-cdc/consumer/claim-check/claim-bucket';
import { type DecodeOptions, decodeBatch } from '@tidb-cdc/consumer/decode-batch';
import { Health } from '@tidb-cdc/consumer/health';
import { createDecoder } from '@tidb-cdc/consumer/protocols/decoder';
import { StoppedError } from '@tidb-cdc/consumer/retry';
import { freePort } from '@tidb-cdc/runtime/ports';
import { AwsClient } from 'aws4fetch';
import { describe, expect, onTestFinished, test } from 'vitest';
import { claimsOf } from '../../consumer/test/support/claims.ts';
import { kafkaMessage } from '../../consumer/test/support/messages.ts';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { eventually } from '../../runtime/test/support/scratch.ts';

const name = 'c05a7a31-8d5d-4f1c-9c9a-2d8e3b4b7a10.json';
/** A location as TiCDC writes it for `s3://claims/cdc`: Go's filepath.Join leaves one slash. */
const location = `s3:/claims/cdc/${name}`;
const login = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

const insert = (columns: string, claim: string) =>
  `{"database":"shop","table":"orders","pkNames":["id"],"isDdl":false,"type":"INSERT","es":1,"mysqlType":{"id":"int","note":"text"},"old":null,"data":[{"id":"1"${columns}}],"_tidb":{"commitTs":470639363303931905${claim}}}`;
const whole = insert(',"note":"long"', '');
const cut = (claim: string) => insert('', `,"onlyHandleKey":false,"claimCheckLocation":${JSON.stringify(claim)}`);

/** Starts an S3 server with the file as TiCDC writes it; returns access to it. */
async function startStore(port = 0): Promise<BucketAccess> {
  const directory = await temporaryFolder();
  const configureBuckets = [{ name: 'claims' }];
  const server = new S3rver({ address: '127.0.0.1', port, silent: true, directory, configureBuckets });
  const { port: bound } = await server.run();
  onTestFinished(() => server.close());
  const endpoint = `http://127.0.0.1:${bound}`;
  const client = new AwsClient({ ...login, service: 's3', region: 'eu-central-1' });
  const body = JSON.stringify({ key: null, value: Buffer.from(whole).toString('base64') });
  const answer = await client.fetch(`${endpoint}/claims/cdc/${name}`, { method: 'PUT', body });
  expect(answer.status).toBe(200);
  return { endpoint, bucket: 'claims', prefix: 'cdc', region: 'eu-central-1', ...login };
}

/** Decodes a batch with one claim. */
async function decode(access: BucketAccess, claim: string, retrying: Parameters<typeof claimsOf>[2] = {}) {
  const { log } = recordedLog();
  const decoder = createDecoder('canal-json', log);
  const lines: string[] = [];
  const options: DecodeOptions = {
    ...{ decoder, log, nextNew: 0, maxLineBytes: 32_768 },
    completion: claimsOf(new ClaimBucket(access), decoder, retrying),
    append: (line) => void lines.push(line),
  };
  const source = { topic: 'cdc-events', partition: 0, messages: [kafkaMessage(0, cut(claim))] };
  const { deadLetters } = await decodeBatch(source, options);
  return { rows: lines.map((line) => (JSON.parse(line) as { cdc: { data: unknown } }).cdc.data), deadLetters };
}

test('the row is the one in the bucket', async () => {
  expect(await decode(await startStore(), location)).toEqual({ rows: [{ id: '1', note: 'long' }], deadLetters: [] });
});

describe('a dead letter', () => {
  test.each([
    ['no such file', location.replace('c05a', 'ffff'), 'answered 404 NoSuchKey'],
    ['a file outside the prefix', `s3:/claims/../${name}`, 'not the name of a file'],
    ['another bucket', `s3:/other/cdc/${name}`, 'in another bucket than claims'],
    ['another bucket, with two slashes', `s3://other/${name}`, 'in another bucket than claims'],
    ['a query', `s3:/claims/cdc/${name}?versionId=1`, 'not the name of a file'],
  ])('for %s', async (_, claim, reason) => {
    const { rows, deadLetters } = await decode(await startStore(), claim);
    expect(rows).toEqual([]);
    expect(deadLetters).toMatchObject([{ code: 'CLAIM_CHECK' }]);
    expect(deadLetters[0]?.reason).toContain(reason);
  });
});

describe('what is wrong with the way to the bucket is waited for, and said', () => {
  test.each([
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'answered 403 SignatureDoesNotMatch'],
    ['an unknown key', { accessKeyId: 'nobody' }, 'answered 403 InvalidAccessKeyId'],
    ['no such bucket', { bucket: 'other' }, 'answered 404 NoSuchBucket'],
  ])('%s', async (_, wrong, reason) => {
    const access = { ...(await startStore()), ...wrong };
    const health = new Health(60);
    health.joined(1);
    const ending = new AbortController();
    const decoded = decode(access, name, { health, stopping: ending.signal });
    const waits = decoded.catch((error: unknown) => error);
    await eventually('the reason', () => health.ready().reason?.includes(reason) ?? false);
    expect(health.ready().reason).toContain('cannot read a row from CLAIM_CHECK_LOCATION: http://127.0.0.1:');
    ending.abort();
    expect(await waits).toBeInstanceOf(StoppedError);
  });

  test('a store that cannot be reached, until it can', async () => {
    const port = await freePort();
    const health = new Health(60);
    health.joined(1);
    const access = { endpoint: `http://127.0.0.1:${port}`, bucket: 'claims', prefix: 'cdc', region: 'eu-central-1' };
    const decoded = decode({ ...access, ...login }, location, { health });
    await eventually('the reason', () => health.ready().reason?.includes('gave no answer: fetch failed') ?? false);
    await startStore(port);
    expect((await decoded).rows).toEqual([{ id: '1', note: 'long' }]);
    expect(health.ready().ok).toBe(true);
  });
});
