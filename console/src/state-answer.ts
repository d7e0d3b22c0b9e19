import { defined } from '@tidb-cdc/runtime/defined';
import type { PartStatus, SystemState } from '@tidb-cdc/runtime/system-state';
import { BackendError, cacheFor, fetchText } from './backend.ts';
import { ConsumerReadings } from './consumer-figures.ts';
import type { ConsumerFigures, PartView, StateAnswer } from './contract.ts';
import { countDocuments } from './events.ts';

/** A figure is asked for at most about once a second, however many pages are open. */
const fresh = 900;

/**
 * Gives GET /api/state. It always answers: figures of a part that does not answer are null, and the part's own state
 * says the rest.
 */
export function stateAnswers(state: () => SystemState): () => Promise<StateAnswer> {
  const readings = new ConsumerReadings();
  const consumer = cacheFor(fresh, () => orNull(readConsumer(state().endpoints.consumer, readings)));
  const documents = cacheFor(fresh, () => orNull(countDocuments(state().endpoints.elasticsearch)));
  return async () => {
    const [consumerFigures, documentCount] = await Promise.all([consumer(), documents()]);
    const { ready, complete, startedAt, parts, endpoints } = state();
    const { host, port, rootUser, appUser, database } = endpoints.sql;
    return {
      ready,
      complete,
      startedAt,
      parts: parts.map((part) => view(part, endpoints)),
      consumer: consumerFigures,
      documents: documentCount,
      sql: { host, port, rootUser, appUser, database },
    };
  };
}

async function readConsumer(url: string, readings: ConsumerReadings): Promise<ConsumerFigures> {
  const exposition = await fetchText(`${url}/metrics`, { accept: 'text/plain' });
  return readings.take(exposition, performance.now(), Date.now());
}

/** A part that is down is an expected state of a figure, told by null; a fault of ours is not. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}

function view(part: PartStatus, endpoints: SystemState['endpoints']): PartView {
  const { name, state, detail, since, restarts, logFile } = part;
  const address = addressOf(name, endpoints);
  return { name, state, detail, since, restarts, logFile, ...defined({ address }) };
}

function addressOf(name: PartStatus['name'], endpoints: SystemState['endpoints']): string | undefined {
  switch (name) {
    case 'mariadb':
      return `${endpoints.sql.host}:${endpoints.sql.port}`;
    case 'canal':
      return undefined;
    case 'kafka':
      return endpoints.kafka;
    default:
      return endpoints[name].replace(/^https?:\/\//, '');
  }
}
