import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { addAssets } from './assets.ts';
import type { PageFiles } from './bundle.ts';
import type { ErrorAnswer } from './contract.ts';
import { ConsoleError } from './errors.ts';
import { addRoutes } from './routes.ts';
import { type Guard, guardRequests, requireGuard } from './security.ts';
import type { System } from './system.ts';

export interface ConsoleOptions extends Guard {
  /** The system to show. Its Kafka clients are closed with the console. */
  system: System;
  page: PageFiles;
  /** A loopback address; with a login, any address. */
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** Logs bugs in the console; a part that is down is not one. */
  log: { error(fields: object, message: string): void };
}

export interface RunningConsole {
  /** Base URL without a trailing slash. */
  url: string;
  close(): Promise<void>;
}

/** Longest request body in bytes, which limits the length of a statement. */
const maxBody = 256 * 1024;

/**
 * Serves the console: its page and the API behind it.
 * @throws Error when other machines could reach it without a login, or the port is taken
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { system, page, host, port, log } = options;
  requireGuard(host, options);
  const app = fastify({ bodyLimit: maxBody, forceCloseConnections: true });
  guardRequests(app, options);
  answerErrors(app, log);
  addRoutes(app, system);
  addAssets(app, page);
  const url = await app.listen({ host, port });
  const close = async () => {
    await app.close();
    await system.deadLetters.close();
  };
  return { url, close };
}

function answerErrors(app: FastifyInstance, log: ConsoleOptions['log']): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof ConsoleError) return reply.code(error.status).send(error.answer);
    // Fastify's own errors: a body that is not JSON or is too large.
    if (error.statusCode !== undefined && error.statusCode < 500)
      return reply.code(error.statusCode).send({ error: error.message } satisfies ErrorAnswer);
    log.error({ error, method: request.method, url: request.url }, 'request failed');
    return reply.code(500).send({
      error: 'The console failed to handle this request.',
      remedy: 'See its log for the cause.',
    } satisfies ErrorAnswer);
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: `There is no ${request.method} ${request.url.split('?')[0]}.` } satisfies ErrorAnswer),
  );
}
