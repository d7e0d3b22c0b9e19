import { BackendError, cacheFor, fetchJson, fetchText } from './backend.ts';
import type { PartView, PartViewName } from './contract.ts';
import type { DeadLetters } from './dead-letters.ts';
import { countDocuments } from './events.ts';
import type { System } from './system.ts';

interface InstantVector {
  data: { result: { metric: { job?: string }; value: [time: number, value: string] }[] };
}

type Seen = Pick<PartView, 'state' | 'detail'>;

/** How long pages share an answer about the parts, in milliseconds. */
const fresh = 2000;

const ready: Seen = { state: 'ready', detail: '' };

/**
 * The parts of a system without a supervisor on this machine. The console checks the parts that it uses itself; for the
 * others it asks Prometheus, which scrapes them.
 */
export function observeParts(
  { consumer, elasticsearch, prometheus }: Pick<System, 'consumer' | 'elasticsearch' | 'prometheus'>,
  deadLetters: Pick<DeadLetters, 'check'>,
): System['parts'] {
  return cacheFor(fresh, async () => {
    const [scraped, kafka, consumerSeen, documents] = await Promise.all([
      scrapedJobs(prometheus),
      seen(deadLetters.check()),
      seen(fetchText(consumer, '/readyz', { accept: 'text/plain' })),
      seen(countDocuments(elasticsearch)),
    ]);
    const throughPrometheus = (name: PartViewName) => part(name, scrapedState(name, scraped));
    return [
      throughPrometheus('tidb'),
      throughPrometheus('ticdc'),
      part('kafka', kafka),
      part('consumer', consumerSeen),
      part('elasticsearch', documents),
      throughPrometheus('filebeat'),
      part('prometheus', scraped === undefined ? { state: 'silent', detail: '' } : ready),
      part('console', ready),
    ];
  });
}

function part(name: PartViewName, state: Seen): PartView {
  return { name, ...state, restarts: 0 };
}

/** Share of each job's instances that answered the last scrape; undefined when Prometheus does not respond. */
async function scrapedJobs(prometheus: System['prometheus']): Promise<ReadonlyMap<string, number> | undefined> {
  const query = new URLSearchParams({ query: 'avg by (job) (up{job=~"tidb|ticdc|filebeat"})' });
  try {
    const { data } = await fetchJson<InstantVector>(prometheus, `/api/v1/query?${query}`);
    return new Map(data.result.map(({ metric, value }) => [metric.job ?? '', Number(value[1])]));
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}

function scrapedState(name: PartViewName, scraped: ReadonlyMap<string, number> | undefined): Seen {
  if (scraped === undefined) return { state: 'unknown', detail: 'Prometheus does not answer' };
  const share = scraped.get(name) ?? 0;
  if (share === 1) return ready;
  return { state: 'silent', detail: share === 0 ? '' : `${Math.round(share * 100)}% of its instances answer` };
}

async function seen(answer: Promise<unknown>): Promise<Seen> {
  try {
    await answer;
    return ready;
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    // It responds that it is not ready.
    return error.status === 503 ? { state: 'starting', detail: '' } : { state: 'silent', detail: '' };
  }
}
