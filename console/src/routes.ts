import { operations } from '@tidb-cdc/runtime/operations';
import type { PartName, SystemState } from '@tidb-cdc/runtime/system-state';
import type { FastifyInstance } from 'fastify';
import { BackendError, cacheFor } from './backend.ts';
import type { TablesAnswer } from './contract.ts';
import { runDemo } from './demo-orders.ts';
import { ConsoleError, partUnavailable } from './errors.ts';
import { findEvents, findTables } from './events.ts';
import { readFilter } from './events-query.ts';
import { operationsOfTheLastHour } from './operations.ts';
import { runStatement } from './sql.ts';
import { stateAnswers } from './state-answer.ts';

/** How long the lists that change seldom are shared between pages, in milliseconds. */
const fresh = 900;

/** The API of the page. Answers that are not 2xx are `ErrorAnswer`. */
export function addRoutes(app: FastifyInstance, state: () => SystemState): void {
  const answerState = stateAnswers(state);
  const tables = cacheFor(fresh, () => findTables(state().endpoints.elasticsearch));
  const lastHour = cacheFor(fresh, () => operationsOfTheLastHour(state().endpoints.prometheus));

  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/api/state', answerState);
  app.get<{ Querystring: Record<string, unknown> }>('/api/events', async ({ query }) => {
    const filter = readFilter(query);
    return orUnavailable(findEvents(state().endpoints.elasticsearch, filter), state, 'elasticsearch');
  });
  app.get(
    '/api/tables',
    async (): Promise<TablesAnswer> => ({ tables: await orUnavailable(tables(), state, 'elasticsearch') }),
  );
  app.get('/api/operations', () => orUnavailable(lastHour(), state, 'prometheus'));
  app.post('/api/sql', ({ body }) => runStatement(readStatement(body), state().endpoints.sql));
  for (const action of operations) {
    app.post(`/api/demo/${action}`, () => runDemo(action, state().endpoints.sql));
  }
}

async function orUnavailable<T>(answer: Promise<T>, state: () => SystemState, part: PartName): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BackendError) throw partUnavailable(state(), part, error);
    throw error;
  }
}

function readStatement(body: unknown): string {
  const sql = typeof body === 'object' && body !== null && 'sql' in body ? body.sql : undefined;
  if (typeof sql === 'string' && sql.trim() !== '') return sql;
  throw new ConsoleError(400, { error: `The body must be {"sql": "…"} with one SQL statement.` });
}
