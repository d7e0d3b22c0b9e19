import type { PartView, StateAnswer } from '../contract.ts';
import { partTitles, stateWords } from '../part-text.ts';
import { formatCount } from './format.ts';
import { StateIcon } from './state-icon.tsx';

type Name = PartView['name'];

/** The path of a change through the parts, with each part's live state and the counts between them. */
export function Pipeline({ state }: { state: StateAnswer }) {
  const { consumer, documents, parts } = state;
  const { events, messages, lag } = consumer ?? { events: null, messages: null, lag: null };
  const isBusy = (consumer?.eventsPerSecond ?? 0) > 0;
  const find = (name: Name) => parts.find((part) => part.name === name);
  const [database, capture] =
    find('tidb') === undefined ? (['mariadb', 'canal'] as const) : (['tidb', 'ticdc'] as const);
  const node = (name: Name, place: string = name) => <Node part={find(name)} name={name} place={place} />;
  const isReady = (name: Name) => find(name)?.state === 'ready';
  const edge = (name: string, [from, to]: [from: Name, to: Name], unit: string, count: number | null) => (
    <Edge name={name} unit={unit} count={count} isFlowing={isBusy && isReady(from) && isReady(to)} />
  );
  return (
    <section class="panel" aria-labelledby="pipeline-title" data-testid="pipeline">
      <h2 id="pipeline-title" class="visually-hidden">
        Pipeline
      </h2>
      <div class="flow">
        {node(database, 'database')}
        {edge('binlog', [database, capture], database === 'tidb' ? 'changes' : 'binlog', null)}
        {node(capture, 'capture')}
        {edge('produced', [capture, 'kafka'], 'messages', messages === null ? null : messages + (lag ?? 0))}
        {node('kafka')}
        {edge('consumed', ['kafka', 'consumer'], 'messages read', messages)}
        {node('consumer')}
        {edge('metrics', ['consumer', 'prometheus'], 'changes counted', events)}
        {node('prometheus')}
        {edge('event-log', ['consumer', 'filebeat'], 'changes logged', events)}
        {node('filebeat')}
        {edge('indexed', ['filebeat', 'elasticsearch'], 'documents', documents)}
        {node('elasticsearch')}
      </div>
    </section>
  );
}

function Node({ part, name, place }: { part: PartView | undefined; name: Name; place: string }) {
  const { title, role } = partTitles[name];
  const { state = 'stopped', restarts = 0, detail = '', address, logFile } = part ?? {};
  return (
    <article class={`node node-${place}`} data-testid={`part-${name}`} data-state={state}>
      <h3>{title}</h3>
      <p class="role">{role}</p>
      <p class="state" data-testid="part-state">
        <StateIcon state={state} />
        {stateWords[state]}
      </p>
      {state === 'ready' && address !== undefined && <p class="address">{address}</p>}
      {restarts > 0 && <p class="restarts">{restarts === 1 ? 'restarted once' : `restarted ${restarts} times`}</p>}
      {state !== 'ready' && detail !== '' && <p class="doing">{detail}</p>}
      {state === 'failed' && <p class="doing">Log: {logFile}</p>}
    </article>
  );
}

function Edge(props: { name: string; unit: string; count: number | null; isFlowing: boolean }) {
  const { name, unit, count, isFlowing } = props;
  return (
    <div class={`edge edge-${name}`} data-testid={`edge-${name}`} data-flowing={isFlowing}>
      <span class="edge-text">
        <strong>{count === null ? '' : formatCount(count)}</strong> <span>{unit}</span>
      </span>
      <span class="edge-line" aria-hidden="true" />
    </div>
  );
}
