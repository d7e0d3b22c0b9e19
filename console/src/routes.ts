import { operations } from '@tidb-cdc/runtime/operations';
import type { FastifyInstance } from 'fastify';
import { BackendError, cacheFor } from './backend.ts';
import type { DeadLettersAnswer, PartViewName, ReplayAnswer, TablesAnswer } from './contract.ts';
import { runDemo } from './demo-orders.ts';
import { ConsoleError, partUnavailable } from './errors.ts';
import { findEvents, findTables } from './events.ts';
import { readFilter } from './events-query.ts';
import { operationsOfTheLastHour } from './operations.ts';
import { findRejected } from './rejected.ts';
import { runStatement } from './sql.ts';
import { stateAnswers } from './state-answer.ts';
import type { System } from './system.ts';

/** How long pages share lists that rarely change, in milliseconds. */
const fresh = 900;

/** The page's API. Responses that are not 2xx have the body `ErrorAnswer`. */
export function addRoutes(app: FastifyInstance, system: System): void {
  const { elasticsearch, prometheus } = system;
  const orUnavailable = <T>(name: PartViewName, answer: Promise<T>) => explain(system, name, answer);
  const tables = cacheFor(fresh, () => findTables(elasticsearch));
  const lastHour = cacheFor(fresh, () => operationsOfTheLastHour(prometheus));
  const rejected = cacheFor(fresh, () => findRejected(elasticsearch));

  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/api/state', stateAnswers(system));
  app.get<{ Querystring: Record<string, unknown> }>('/api/events', async ({ query }) => {
    return orUnavailable('elasticsearch', findEvents(elasticsearch, readFilter(query)));
  });
  app.get(
    '/api/tables',
    async (): Promise<TablesAnswer> => ({ tables: await orUnavailable('elasticsearch', tables()) }),
  );
  app.get('/api/operations', () => orUnavailable('prometheus', lastHour()));
  app.get('/api/rejected', () => orUnavailable('elasticsearch', rejected()));
  addDeadLetters(app, system);
  addWriting(app, system);
}

function addDeadLetters(app: FastifyInstance, system: System): void {
  const { deadLetters, canReplay } = system;
  const letters = cacheFor(fresh, () => deadLetters.list());
  app.get('/api/dead-letters', async (): Promise<DeadLettersAnswer> => {
    return { ...(await explain(system, 'kafka', letters())), canReplay };
  });
  app.post('/api/dead-letters/replay', async ({ body }): Promise<ReplayAnswer> => {
    const { partition, offset } = readPlace(body);
    if (!canReplay) throw refused('To replay dead letters, set CONSOLE_WRITE=true.');
    return explain(system, 'kafka', deadLetters.replay(partition, offset));
  });
}

/** Routes that write to the database. */
function addWriting(app: FastifyInstance, { sql }: System): void {
  const access = () => {
    if (sql === undefined) throw refused('To use the SQL box, set CONSOLE_WRITE=true and CONSOLE_SQL=true.');
    return sql;
  };
  app.post('/api/sql', async ({ body }) => runStatement(readStatement(body), access()));
  for (const action of operations) app.post(`/api/demo/${action}`, async () => runDemo(action, access()));
}

function refused(remedy: string): ConsoleError {
  return new ConsoleError(403, { error: 'This console is read-only.', remedy });
}

/** @throws ConsoleError instead of a BackendError */
async function explain<T>({ parts }: System, name: PartViewName, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BackendError) throw partUnavailable(await parts(), name, error);
    throw error;
  }
}

function readStatement(body: unknown): string {
  const sql = typeof body === 'object' && body !== null && 'sql' in body ? body.sql : undefined;
  if (typeof sql === 'string' && sql.trim() !== '') return sql;
  throw new ConsoleError(400, { error: `The body must be {"sql": "…"} with one SQL statement.` });
}

function readPlace(body: unknown): { partition: number; offset: string } {
  const { partition, offset } = Object(body) as Record<string, unknown>;
  const isPlace = Number.isSafeInteger(partition) && typeof offset === 'string' && /^\d{1,15}$/.test(offset);
  if (isPlace) return { partition: Number(partition), offset };
  throw new ConsoleError(400, { error: `The body must be {"partition": 0, "offset": "…"} of a dead letter.` });
}
