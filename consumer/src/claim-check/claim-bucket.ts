import { messageWithCauses } from '@tidb-cdc/runtime/log';
import { AwsClient } from 'aws4fetch';
import { ClaimError, type ClaimStore, checkClaimSize, claimFile } from './claim-store.ts';

/** A prefix in a bucket of S3, or of a store with its protocol, and the login there. */
export interface BucketAccess {
  readonly bucket: string;
  /** Without slashes at its ends; empty when the files are in the bucket's root. */
  readonly prefix: string;
  readonly region: string;
  /** @default Amazon's endpoint for the region */
  readonly endpoint?: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only for temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** Well below the session timeout (kafka.ts), because no heartbeat is sent meanwhile. */
const timeoutMs = 5_000;

/** Claims in a bucket. It is addressed by path, which every store supports. */
export class ClaimBucket implements ClaimStore {
  readonly #access: BucketAccess;
  readonly #client: AwsClient;

  constructor(access: BucketAccess) {
    this.#access = access;
    const { accessKeyId, secretAccessKey, sessionToken, region } = access;
    const session = sessionToken === undefined ? {} : { sessionToken };
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, ...session, region, service: 's3' });
  }

  async read(location: string): Promise<Buffer> {
    const url = this.#urlOf(location);
    const request = await this.#client.sign(url);
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(request, { signal, redirect: 'manual' }).catch((error: unknown) => {
      throw new Error(`${url} gave no answer: ${messageWithCauses(error)}`, { cause: error });
    });
    if (answer.ok) {
      checkClaimSize(Number(answer.headers.get('content-length')));
      return Buffer.from(await answer.arrayBuffer());
    }
    // A missing bucket has the same status, but that is a wrong setting, not a lost row.
    const code = errorCode(await answer.text());
    const reason = `${url} answered ${answer.status} ${code}`;
    throw code === 'NoSuchKey' ? new ClaimError(reason) : new Error(reason);
  }

  #urlOf(location: string): string {
    const { bucket, prefix, region, endpoint = `https://s3.${region}.amazonaws.com` } = this.#access;
    const name = claimFile(location);
    // Go's filepath.Join leaves one slash: s3:/bucket/prefix/….
    const named = /^s3:\/{1,2}([^/]*)\//.exec(location)?.[1];
    if (named !== undefined && named !== bucket) throw new ClaimError(`it is in another bucket than ${bucket}`);
    return [endpoint, bucket, ...prefix.split('/').filter((part) => part !== ''), name].join('/');
  }
}

/** Returns the error code from the XML of S3's answer. */
function errorCode(body: string): string {
  return /<Code>(\w{1,64})<\/Code>/.exec(body)?.[1] ?? 'without a code';
}
