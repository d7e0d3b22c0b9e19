import path from 'node:path';
import { defined } from '@tidb-cdc/runtime/defined';
import { SettingsError, url } from '@tidb-cdc/runtime/environment';
import { z } from 'zod';
import { ClaimBucket } from './claim-bucket.ts';
import { ClaimFolder } from './claim-folder.ts';
import type { ClaimStore } from './claim-store.ts';

/** Settings of where claims are. The AWS settings have the names of Amazon's own SDKs. */
export const claimSettings = {
  CLAIM_CHECK_LOCATION: z
    .string()
    .optional()
    .describe(
      "The changefeed's `claim-check-storage-uri` as seen here: a folder, or `s3://<bucket>/<prefix>`. Without it such rows have only their keys.",
    ),
  AWS_ACCESS_KEY_ID: z.string().optional().describe('Login of the bucket.'),
  AWS_SECRET_ACCESS_KEY: z.string().optional().describe('Its secret.'),
  AWS_SESSION_TOKEN: z.string().optional().describe('Only for temporary credentials.'),
  AWS_REGION: z.string().optional().describe('Region of the bucket.'),
  AWS_ENDPOINT_URL_S3: url
    .optional()
    .describe("Address of a store that speaks S3's protocol, in place of Amazon's own."),
};

type ClaimSettings = z.infer<z.ZodObject<typeof claimSettings>>;

/** No part of the prefix begins with a dot, so that none leads out of it. */
const bucketLocation = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w-][\w.-]*)*)\/?$/;
const locationRule = 'must be a folder, or s3://<bucket>/<prefix> of letters, digits, dots, hyphens and underscores';
const required = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'] as const;

/**
 * Returns the store of claims; undefined when none is set.
 * @throws SettingsError for a location of another kind, and for a bucket without its region and login
 */
export function openClaimStore(settings: ClaimSettings): ClaimStore | undefined {
  const { CLAIM_CHECK_LOCATION: location } = settings;
  if (location === undefined) return undefined;
  if (!/^\w+:/.test(location)) return new ClaimFolder(path.resolve(location));
  const [, bucket, prefix = ''] = bucketLocation.exec(location) ?? [];
  if (bucket === undefined) throw new SettingsError([`CLAIM_CHECK_LOCATION=${location}: ${locationRule}`]);
  const missing = required.filter((name) => settings[name] === undefined);
  if (missing.length > 0) {
    throw new SettingsError(missing.map((name) => `${name} is not set: CLAIM_CHECK_LOCATION=${location} needs it`));
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = settings;
  const { AWS_REGION: region = '', AWS_SESSION_TOKEN: sessionToken, AWS_ENDPOINT_URL_S3: endpoint } = settings;
  return new ClaimBucket({
    ...{ bucket, prefix: prefix.slice(1), region, accessKeyId, secretAccessKey },
    ...defined({ sessionToken, endpoint }),
  });
}
