import { SettingsError } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { ClaimBucket } from '../../src/claim-check/claim-bucket.ts';
import { ClaimFolder } from '../../src/claim-check/claim-folder.ts';
import { openClaimStore } from '../../src/claim-check/settings.ts';
import { readSettings } from '../../src/settings.ts';

const login = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' };
const storeOf = (env: NodeJS.ProcessEnv) => openClaimStore(readSettings(env));

function linesOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    storeOf(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.lines;
    throw error;
  }
  return [];
}

test('without a location there is no store, whatever else is set', () => {
  expect(storeOf(login)).toBeUndefined();
});

test.each(['/claims', 'claims', './s3:claims'])('a folder: %s', (folder) => {
  expect(storeOf({ CLAIM_CHECK_LOCATION: folder })).toBeInstanceOf(ClaimFolder);
});

test.each(['s3://claims', 's3://claims/', 's3://claims/cdc', 's3://my.claims/cdc/v1.2/'])('a bucket: %s', (bucket) => {
  expect(storeOf({ CLAIM_CHECK_LOCATION: bucket, ...login })).toBeInstanceOf(ClaimBucket);
});

test.each([
  's3://',
  's3://Claims',
  's3://claims/../other',
  's3://claims//cdc',
  's3://claims/cdc?endpoint=http://minio',
  's3://id:secret@claims',
  'gcs://claims',
  'file:///claims',
])('neither: %s', (location) => {
  expect(linesOf({ CLAIM_CHECK_LOCATION: location, ...login })).toEqual([
    expect.stringContaining(`CLAIM_CHECK_LOCATION=${location}: must be a folder, or s3://<bucket>/<prefix>`),
  ]);
});

test('a bucket needs its region and a login', () => {
  expect(linesOf({ CLAIM_CHECK_LOCATION: 's3://claims', AWS_ACCESS_KEY_ID: 'id' })).toEqual([
    'AWS_SECRET_ACCESS_KEY is not set: CLAIM_CHECK_LOCATION=s3://claims needs it',
    'AWS_REGION is not set: CLAIM_CHECK_LOCATION=s3://claims needs it',
  ]);
});
