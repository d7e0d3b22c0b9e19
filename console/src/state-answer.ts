import { BackendError, cacheFor, everyAddress, fetchText, type HttpPart } from './backend.ts';
import { ConsumerReadings } from './consumer-figures.ts';
import type { ConsumerFigures, StateAnswer } from './contract.ts';
import { countDocuments } from './events.ts';
import type { System } from './system.ts';

/** Each figure is fetched about once per second at most, however many pages are open. */
const fresh = 900;

/**
 * Handler of GET /api/state. It always answers: figures of a part that does not respond are null, and the part's state
 * explains why.
 */
export function stateAnswers({ parts, consumer: part, elasticsearch, sql }: System): () => Promise<StateAnswer> {
  const readings = new ConsumerReadings();
  const consumer = cacheFor(fresh, () => orNull(readConsumers(part, readings)));
  const documents = cacheFor(fresh, () => orNull(countDocuments(elasticsearch)));
  return async () => {
    const [consumerFigures, documentCount, views] = await Promise.all([consumer(), documents(), parts()]);
    return {
      parts: views,
      consumer: consumerFigures,
      documents: documentCount,
      sql: sql === undefined ? null : { appUser: sql.appUser, rootClient: sql.rootClient ?? null },
    };
  };
}

/** The figures of all consumers together, without those that do not respond. */
async function readConsumers(part: HttpPart, readings: ConsumerReadings): Promise<ConsumerFigures> {
  const addresses = await everyAddress(part);
  const answers = await Promise.all(
    addresses.map((address) => orNull(fetchText(address, '/metrics', { accept: 'text/plain' }))),
  );
  const expositions = answers.filter((answer) => answer !== null);
  if (expositions.length === 0) throw new BackendError(`${part.url} does not answer`, {});
  return readings.take(expositions.join('\n'), performance.now(), Date.now());
}

/** Returns null when a part is down, which is expected; a bug of ours is thrown. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}
