import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { fetchText } from '@tidb-cdc/runtime/http';
import { createAdmin } from '@tidb-cdc/runtime/kafka';
import { createLogger } from '@tidb-cdc/runtime/log';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { eventIndex } from '@tidb-cdc/verify/clients/elasticsearch';
import { instantQuery } from '@tidb-cdc/verify/clients/prometheus';
import { composeSettings } from '@tidb-cdc/verify/targets/compose';
import { expect } from 'vitest';
import { canalInsert } from '../src/canal-message.ts';
import { produce } from '../src/clients/kafka.ts';
import type { ComposeStack } from '../src/compose/stack.ts';
import type { ComposeStage } from './compose-stage.ts';
import { checkDataSources } from './data-sources.ts';

const minute = 60_000;
const topic = 'team.changes';
const group = 'team.consumer';
const rows = 40;

/**
 * Starts the example of compose/external beside the stack, with that one's Kafka and Elasticsearch, and sends changes
 * through it under a topic and a group of its own.
 */
export async function checkExternalExample(stage: ComposeStage): Promise<void> {
  await stage.withExternalExample(settingsFor(stage), async (stack) => {
    await stack.waitUntilComplete(3 * minute);
    expect(await stack.logs('create-topic')).toContain(`topic ${topic}: created, partitions 3`);
    expect(await stack.logs('create-changefeed')).toContain('CHANGEFEED_CREATE=false');

    const { brokers, access } = kafkaOf(stage);
    const messages = Array.from({ length: rows }, (_, id) => ({ value: canalInsert('team.changes', id, { a: 'b' }) }));
    await produce(brokers, topic, 0, messages, { access });
    const index = eventIndex(stage.access.elasticsearch, eventsAlias);
    const documents = async () => expect(await index.count({ term: { 'cdc.source.topic': topic } })).toBe(rows);
    await waitFor('the documents in the Elasticsearch that was there', documents, { timeoutMs: minute });
    await waitFor('the group to have committed', async () => expect(await committed(stage)).toBe(rows), {
      timeoutMs: minute,
    });
    await checkViews(stack, stage);
    // A job logs in to the database that was there, after create-topic, which finds its topics this time.
    expect(await stack.compose(['run', '--rm', 'migrate-database'])).toContain('database shop: nothing to apply');
    expect(await stack.logs('create-topic')).toContain(`topic ${topic}: exists, not changed`);
  });
}

/** As a person fills in compose/external/.env.example. */
function settingsFor(stage: ComposeStage): Record<string, string> {
  const setting = composeSettings(stage.stack.environment);
  const login = (client: string, user: string, password: string) => ({
    [`EXTERNAL_ELASTICSEARCH_${client}_USERNAME`]: user,
    [`EXTERNAL_ELASTICSEARCH_${client}_PASSWORD`]: password,
  });
  return {
    EXTERNAL_TICDC_CHANGEFEED: 'false',
    EXTERNAL_DATABASE_HOST: 'tidb',
    EXTERNAL_DATABASE_ADMIN_PASSWORD: setting('TIDB_ROOT_PASSWORD'),
    EXTERNAL_DATABASE_APP_PASSWORD: setting('TIDB_APP_PASSWORD'),
    EXTERNAL_KAFKA_BROKERS: 'kafka:9092',
    EXTERNAL_KAFKA_TLS: 'false',
    EXTERNAL_KAFKA_USERNAME: 'cdc',
    EXTERNAL_KAFKA_PASSWORD: setting('KAFKA_PASSWORD'),
    EXTERNAL_KAFKA_TOPIC: topic,
    EXTERNAL_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead-letter`,
    EXTERNAL_KAFKA_GROUP_ID: group,
    EXTERNAL_ELASTICSEARCH_URL: 'http://elasticsearch:9200',
    ...login('TEMPLATES', 'elastic', setting('ELASTIC_PASSWORD')),
    ...login('FILEBEAT', 'filebeat', setting('FILEBEAT_PASSWORD')),
    ...login('CONSOLE', 'console', setting('ELASTICSEARCH_CONSOLE_PASSWORD')),
    ...login('GRAFANA', 'grafana', setting('GRAFANA_ELASTICSEARCH_PASSWORD')),
    GRAFANA_ADMIN_PASSWORD: 'example-admin',
    CONSOLE_PASSWORD: 'example-console',
  };
}

function kafkaOf({ stack }: ComposeStage) {
  const setting = composeSettings(stack.environment);
  const login = { username: 'cdc', password: setting('KAFKA_PASSWORD'), mechanism: 'plain' } as const;
  return { brokers: `127.0.0.1:${setting('PORT_KAFKA')}`, access: { login } };
}

/** The sum of the group's offsets. */
async function committed(stage: ComposeStage): Promise<number> {
  const { brokers, access } = kafkaOf(stage);
  const log = createLogger({ level: 'silent', dataset: 'cdc.e2e' });
  const admin = createAdmin({ brokers: [brokers], clientId: 'cdc-e2e', log, access });
  await admin.connect();
  try {
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  } finally {
    await admin.disconnect();
  }
}

/** Prometheus knows what is here and nothing else; console and Grafana read the documents. */
async function checkViews(stack: ComposeStack, { withGrafana }: ComposeStage): Promise<void> {
  const port = (name: string): string => stack.environment[name] ?? '';
  const prometheus = `http://127.0.0.1:${port('PORT_PROMETHEUS')}`;
  const jobs = [
    'alertmanager',
    'consumer',
    'filebeat',
    ...(withGrafana ? ['grafana'] : []),
    'json-exporter',
    'prometheus',
  ];
  const up = async () => {
    const found = await instantQuery(prometheus, 'up');
    expect(
      found
        .filter(({ value }) => value === 1)
        .map(({ labels }) => labels.job)
        .sort(),
    ).toEqual(jobs);
    if (withGrafana) expect(found).toHaveLength(jobs.length);
  };
  await waitFor('every target to answer', up, { timeoutMs: minute });

  const consoleApi = `http://admin:example-console@127.0.0.1:${port('PORT_CONSOLE')}/api`;
  const events = JSON.parse(await fetchText(`${consoleApi}/events?table=team.changes`)) as { events: unknown[] };
  expect(events.events.length).toBeGreaterThan(0);

  const pie = 'sum(increase(cdc_events_total[1h] anchored))';
  const counted = async () => expect((await instantQuery(prometheus, pie))[0]?.value).toBe(rows);
  await waitFor('the changes in the pie', counted, { timeoutMs: minute });
  if (withGrafana) await checkDataSources(`http://admin:example-admin@127.0.0.1:${port('PORT_GRAFANA')}/api`);
}
