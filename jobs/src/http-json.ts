import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { defined } from '@tidb-cdc/runtime/defined';

const DEFAULT_TIMEOUT_SECONDS = 10;

/** Where an HTTP API is and how it is entered. */
export interface HttpEndpoint {
  /** without a slash at its end */
  readonly url: string;
  /** of basic authentication */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** of bearer authentication */
  readonly token?: string;
  /** PEM text of the certificate authority that the server's certificate must come from, instead of the system's */
  readonly ca?: string;
  /** sent with each request */
  readonly headers?: Readonly<Record<string, string>>;
  /** how long an answer may take; 10 unless given */
  readonly timeoutSeconds?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** the parsed JSON, or the text where it is not JSON */
  readonly body: unknown;
}

/**
 * Sends one request with an optional JSON body and reads the whole answer. Any status is an answer.
 * node:http, because fetch cannot be given a certificate authority.
 *
 * @throws Error where no answer comes in time or the connection fails
 */
export function requestJson(endpoint: HttpEndpoint, method: string, path: string, body?: unknown): Promise<HttpAnswer> {
  const { credentials, token, ca, timeoutSeconds: seconds = DEFAULT_TIMEOUT_SECONDS } = endpoint;
  const url = new URL(endpoint.url + path);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions & { ca?: string } = {
    method,
    signal: AbortSignal.timeout(seconds * 1000),
    headers: {
      accept: 'application/json',
      ...endpoint.headers,
      ...defined({
        'content-type': payload === undefined ? undefined : 'application/json',
        authorization: token && `Bearer ${token}`,
      }),
    },
    ...defined({ auth: credentials && `${credentials.username}:${credentials.password}`, ca }),
  };
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8')) });
      });
    });
    request.on('error', reject);
    request.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // a proxy's or a balancer's page
    return text;
  }
}
