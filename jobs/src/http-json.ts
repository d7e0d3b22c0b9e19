import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

const REQUEST_TIMEOUT_MS = 10_000;

/** Where an HTTP API is and how it is entered. */
export interface HttpEndpoint {
  /** without a slash at its end */
  readonly url: string;
  /** of basic authentication */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM text of the certificate authority that the server's certificate must come from, instead of the system's */
  readonly ca?: string;
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
 * @throws Error where no answer comes within 10 seconds or the connection fails
 */
export function requestJson(endpoint: HttpEndpoint, method: string, path: string, body?: unknown): Promise<HttpAnswer> {
  const url = new URL(endpoint.url + path);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions & { ca?: string } = {
    method,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    headers: {
      accept: 'application/json',
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(endpoint.credentials === undefined
      ? {}
      : { auth: `${endpoint.credentials.username}:${endpoint.credentials.password}` }),
    ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
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
