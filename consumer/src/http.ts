import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@tidb-cdc/runtime/log';
import type { Probe } from './health.ts';
import type { Exposition } from './metrics.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** Returns the exposition for an Accept header. */
  readonly metrics: (accept: string | undefined) => Promise<Exposition>;
  readonly live: () => Probe;
  readonly ready: () => Probe;
}

export interface HttpServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves /metrics, /livez and /readyz.
 * @throws Error when it cannot listen on the address
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(options, request)
      .catch((error: unknown) => {
        options.log.error({ error, path: request.url }, 'cannot answer an HTTP request');
        return json(500, { status: 'failed', reason: 'internal error, see the log' });
      })
      .then((result) => send(response, request, result));
  });
  const port = await listen(server, options);

  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer({ metrics, live, ready }: HttpOptions, request: IncomingMessage): Promise<Answer> {
  const path = pathOf(request);
  const isKnown = path === '/metrics' || path === '/livez' || path === '/readyz';
  if (!isKnown) return json(404, { status: 'not found', paths: ['/metrics', '/livez', '/readyz'] });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { ...json(405, { status: 'method not allowed' }), headers: { allow: 'GET, HEAD' } };
  }
  if (path === '/livez') return fromProbe(live());
  if (path === '/readyz') return fromProbe(ready());
  return { status: 200, ...(await metrics(request.headers.accept)) };
}

function fromProbe({ ok, ...details }: Probe): Answer {
  return ok ? json(200, { status: 'ok', ...details }) : json(503, { status: 'unavailable', ...details });
}

function json(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  { status, contentType, body, headers }: Answer,
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function listen(server: Server, { host, port }: HttpOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE' ? 'another program listens there: end it, or set another HTTP_PORT' : cause.message;
      reject(new Error(`HTTP_HOST=${host} HTTP_PORT=${port}: ${reason}`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
