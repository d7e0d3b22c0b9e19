import type { PartView, PartViewName, PartViewState } from './contract.ts';

/** Display name of each part, and its role in the system. */
export const partTitles: Readonly<Record<PartViewName, { title: string; role: string }>> = {
  tidb: { title: 'TiDB', role: 'SQL' },
  ticdc: { title: 'TiCDC', role: 'changefeed cdc-events' },
  mariadb: { title: 'MariaDB', role: 'SQL, as TiDB' },
  canal: { title: 'Canal', role: 'CDC, as TiCDC' },
  kafka: { title: 'Kafka', role: 'topic cdc-events' },
  consumer: { title: 'Consumer', role: 'counts and logs' },
  elasticsearch: { title: 'Elasticsearch', role: 'searchable events' },
  filebeat: { title: 'Filebeat', role: 'ships the event log' },
  prometheus: { title: 'Prometheus', role: 'counts over time' },
  console: { title: 'Console', role: 'this page' },
};

/** A part's state in a word or two. */
export const stateWords: Readonly<Record<PartViewState, string>> = {
  waiting: 'waiting',
  fetching: 'being fetched',
  starting: 'starting',
  ready: 'ready',
  restarting: 'restarting',
  failed: 'failed',
  stopped: 'stopped',
  silent: 'does not answer',
  unknown: 'unknown',
};

const doing: Readonly<Record<PartViewState, string>> = {
  waiting: 'is waiting',
  fetching: 'is being fetched or built',
  starting: 'is starting',
  ready: 'does not answer',
  restarting: 'has stopped and is being restarted',
  failed: 'has failed',
  stopped: 'has stopped',
  silent: 'does not answer',
  unknown: 'is in an unknown state',
};

/** Says in one sentence why a part gave no answer. For a part whose state is `ready`, that it does not answer. */
export function whyUnavailable(part: Pick<PartView, 'name' | 'state' | 'detail'>): string {
  const { title } = partTitles[part.name];
  // The detail continues the sentence, as in "is waiting for kafka".
  const separator = part.state === 'waiting' ? ' ' : ': ';
  const detail = part.detail === '' || part.state === 'ready' ? '' : separator + part.detail.replace(/\.$/, '');
  return `${title} ${doing[part.state]}${detail}.`;
}

/** What the user can do about it; undefined when waiting is enough. */
export function remedyForUnavailable(part: Pick<PartView, 'state' | 'logFile'>): string | undefined {
  if (part.state === 'failed') return `Its log says why: ${part.logFile}. Then start the system again.`;
  if (part.state === 'stopped') return 'Start the system again with npm start.';
  if (part.state === 'silent') return 'The page retries automatically.';
  if (part.state === 'ready')
    return ['The page retries automatically.', part.logFile && `Its log: ${part.logFile}`].filter(Boolean).join(' ');
  return undefined;
}
