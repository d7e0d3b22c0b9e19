import type { SystemState } from '@tidb-cdc/runtime/system-state';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { bundlePage } from './bundle.ts';
import type { ErrorAnswer } from './contract.ts';
import { ConsoleError } from './errors.ts';
import { addRoutes } from './routes.ts';
import { refuseForeignRequests, requireLoopback } from './security.ts';

export interface ConsoleOptions {
  /** The system as it is now; asked at each request. */
  state: () => SystemState;
  /** A loopback address. */
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Takes faults of the console itself; a part that is down is no fault. */
  log: { error(fields: object, message: string): void };
}

export interface RunningConsole {
  /** Base URL without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Longest body: a statement of this many bytes. */
const maxBody = 256 * 1024;

/**
 * Serves the console: its page and the API behind it.
 * @throws Error where `host` is not a loopback address, the port is taken, or the page's sources are wrong
 */
export async function startConsole({ state, host, port, log }: ConsoleOptions): Promise<RunningConsole> {
  requireLoopback(host);
  const assets = await bundlePage();
  const app = fastify({ bodyLimit: maxBody, forceCloseConnections: true });
  refuseForeignRequests(app, host);
  answerErrors(app, log);
  addRoutes(app, state);
  for (const [path, { type, body, etag }] of assets) {
    app.get(path, async (request, reply) => {
      reply.headers({ 'cache-control': 'no-cache', etag });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}

function answerErrors(app: FastifyInstance, log: ConsoleOptions['log']): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof ConsoleError) return reply.code(error.status).send(error.answer);
    // Fastify's own refusals: a body that is no JSON, or too large.
    if (error.statusCode !== undefined && error.statusCode < 500)
      return reply.code(error.statusCode).send({ error: error.message } satisfies ErrorAnswer);
    log.error({ error, method: request.method, url: request.url }, 'the console failed at a request');
    return reply.code(500).send({
      error: 'The console failed at this request.',
      remedy: 'Its log says why.',
    } satisfies ErrorAnswer);
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: `There is no ${request.method} ${request.url.split('?')[0]}.` } satisfies ErrorAnswer),
  );
}
