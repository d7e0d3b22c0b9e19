import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ExternalSystem, externalSystems } from '../../../src/external-settings.ts';
import { renderExternal } from '../../../src/targets/compose/folder.ts';
import { programs } from './programs.ts';
import { files as everything, type RenderedService, readComposeFile } from './rendered-file.ts';

const render = (...external: ExternalSystem[]) =>
  renderExternal({ external: new Set(external), folder: 'compose/external', context: '../..' });

/** For each system: its services, its addresses, and the settings in `.env` that only it has. */
const own = {
  database: {
    services: ['pd', 'tikv', 'tidb', 'ticdc'],
    address: /\b(pd|tikv|tidb|ticdc):\d/,
    settings: ['TIDB_ROOT_PASSWORD', 'TIDB_APP_PASSWORD', 'TICDC_PASSWORD', 'PORT_SQL', 'PORT_TICDC', 'CAPTURE'],
  },
  kafka: { services: ['kafka'], address: /\bkafka:9092(?!\/)/, settings: ['KAFKA_PASSWORD', 'PORT_KAFKA'] },
  elasticsearch: {
    services: ['elasticsearch'],
    address: /\belasticsearch:\d/,
    settings: ['ELASTIC_PASSWORD', 'FILEBEAT_PASSWORD', 'ELASTICSEARCH_MONITOR_PASSWORD', 'PORT_ELASTICSEARCH'],
  },
  monitoring: {
    services: ['prometheus', 'alertmanager', 'grafana'],
    address: /\b(prometheus|alertmanager|grafana):\d/,
    settings: ['GRAFANA_ADMIN_PASSWORD', 'PORT_PROMETHEUS', 'PORT_ALERTMANAGER', 'PORT_GRAFANA'],
  },
} as const;

/** The example's `.env` with a value for each required setting, as a user fills it in. */
function filledIn(files: ReadonlyMap<string, string>): Record<string, string> {
  const lines = (files.get('.env.example') ?? '').split('\n').filter((line) => /^\w+=/.test(line));
  const example = Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
  const values: [RegExp, string][] = [
    [/_URL$/, 'https://there.example:9243'],
    [/_BROKERS$/, 'one.example:9093,two.example:9093'],
    [/_TLS$/, 'true'],
    [/_CAPTURE$/, 'billing.*'],
    [/_FILE$/, ''],
    [/./, 'filled-in'],
  ];
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => [name, value || (values.find(([is]) => is.test(name))?.[1] ?? '')]),
  );
}

/** The environment of a container, as Compose sets it. */
function environmentOf({ environment = {} }: RenderedService, values: Readonly<Record<string, string>>) {
  const put = (_all: string, name: string, fallback = '') => values[name] || fallback;
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, put)]),
  );
}

const mixtures: readonly (readonly ExternalSystem[])[] = [
  ...externalSystems.map((one) => [one] as const),
  ['database', 'kafka'],
  ['kafka', 'elasticsearch'],
  externalSystems,
];

describe.each(mixtures.map((external) => [external.join(), external] as const))(
  'with %s elsewhere',
  (_name, external) => {
    const files = render(...external);
    const { services, volumes } = readComposeFile(files);
    const elsewhere = external.map((system) => own[system]);

    test('nothing of it is rendered: no service, volume, address, password or port', () => {
      const names = elsewhere.flatMap((system) => system.services);
      expect(Object.keys(services).filter((name) => (names as string[]).includes(name))).toEqual([]);
      expect(
        Object.keys(volumes).filter((volume) => (names as string[]).includes(volume.replace('-data', ''))),
      ).toEqual([]);
      const [compose = '', ...configs] = [...files].flatMap(([name, text]) =>
        // The job replaces the brokers in the file with those in its settings.
        name === 'config/jobs/changefeed.json' || name.startsWith('monitoring/') ? [] : [text],
      );
      for (const { address, settings } of elsewhere) {
        for (const text of [compose, ...configs]) expect(text).not.toMatch(address);
        for (const setting of settings) expect(compose).not.toContain(`\${${setting}:`);
      }
    });

    test('each of our programs takes what it is given, and lacks nothing', () => {
      const values = filledIn(files);
      for (const [name, schema] of Object.entries(programs)) {
        const service = services[name];
        if (service === undefined) continue;
        const environment = environmentOf(service, values);
        expect(Object.keys(schema.shape), name).toEqual(expect.arrayContaining(Object.keys(environment)));
        expect(() => readEnvironment(schema, environment), name).not.toThrow();
      }
    });

    test('the example of .env has every variable that the compose file reads, and no other', () => {
      const read = [...(files.get('docker-compose.yml') ?? '').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name);
      const { COMPOSE_FILE, COMPOSE_PROJECT_NAME: _project, ...rest } = filledIn(files);
      expect(COMPOSE_FILE).toBe('compose/external/docker-compose.yml');
      expect(Object.keys(rest).sort()).toEqual([...new Set(read)].sort());
    });

    test('is scraped, and is alerted about, what is here', () => {
      const here = external.includes('monitoring')
        ? 'monitoring/scrape-configs.yml'
        : 'config/prometheus/prometheus.yml';
      const { scrape_configs } = parse(files.get(here) ?? '') as { scrape_configs: { job_name: string }[] };
      const jobs = scrape_configs
        .map(({ job_name }) => job_name)
        .filter((job) => job !== 'consumer' && job !== 'filebeat');
      for (const job of jobs) expect(Object.keys(services)).toContain(job);
      const rules = files.get(here.replace(/[^/]+$/, 'rules.yml')) ?? '';
      expect(rules.includes('ChangefeedLagHigh')).toBe(!external.includes('database'));
      expect(rules.includes('elasticsearch_cluster_health')).toBe(!external.includes('elasticsearch'));
      expect(rules).toContain('ConsumerDown');
      // An external Prometheus has targets of others too.
      expect(/up(\{namespace="tidb-cdc"\})? == 0/.exec(rules)?.[1]).toBe(
        external.includes('monitoring') ? '{namespace="tidb-cdc"}' : undefined,
      );
    });

    test('what is mounted is generated, and whoever mounts waits for the check', () => {
      for (const [name, { volumes: mounts = [], depends_on = {} }] of Object.entries(services)) {
        const sources = mounts.filter(({ type, source }) => type === 'bind' && source !== './config');
        for (const { source } of sources) {
          expect([...files.keys()], name).toContain(source.replace(/^\$\{\w+:-(.*)\}$/, '$1').replace('./', ''));
        }
        if (sources.length > 0 && name !== 'check-config') expect(depends_on, name).toHaveProperty('check-config');
      }
    });
  },
);

test('a Grafana elsewhere keeps its own default data source', () => {
  const { datasources } = parse(render('monitoring').get('monitoring/data-sources.yml') ?? '') as {
    datasources: { name: string; uid: string; isDefault?: boolean }[];
  };
  expect(datasources.map(({ name, uid, isDefault = false }) => [name, uid, isDefault])).toEqual([
    ['CDC Prometheus', 'cdc-prometheus', false],
    ['CDC Elasticsearch', 'cdc-elasticsearch', false],
  ]);
});

test('a database elsewhere gets the demo with the profile of that name only', () => {
  const { services } = readComposeFile(render('database'));
  const ofTheDemo = Object.entries(services).filter(([, { profiles = [] }]) => profiles.includes('demo'));
  expect(ofTheDemo.map(([name]) => name)).toEqual(['migrate-database', 'seed-database', 'generate-workload']);
  expect(Object.keys(services['seed-database']?.depends_on ?? {})).toEqual(
    expect.arrayContaining(['migrate-database', 'create-changefeed']),
  );
});

test('a TiCDC elsewhere gets Kafka as its own hosts reach it', () => {
  const settings = (...external: ExternalSystem[]) => {
    const files = render(...external);
    const service = readComposeFile(files).services['create-changefeed'];
    return environmentOf(service as RenderedService, filledIn(files));
  };
  expect(settings('database')).toMatchObject({ KAFKA_BROKERS: '127.0.0.1:9092', KAFKA_USERNAME: 'cdc' });
  const both = settings('database', 'kafka');
  expect(both).toMatchObject({ KAFKA_TLS: 'true', TICDC_KAFKA_BROKERS: 'one.example:9093,two.example:9093' });
  expect(both).not.toHaveProperty('KAFKA_CA_FILE');
  expect(settings('kafka')).toMatchObject({ KAFKA_CA_FILE: '/etc/tidb-cdc/kafka-ca.pem' });
});

test('the topics of a Kafka elsewhere stay as they are, with the copies that its owner chose', () => {
  const files = render('kafka');
  expect(JSON.parse(files.get('config/jobs/topics.json') ?? '')).toEqual([
    { topic: 'cdc-events', partitions: 3, config: expect.not.objectContaining({ 'min.insync.replicas': '1' }) },
    { topic: 'cdc-events.dead-letter', partitions: 1, config: expect.anything() },
  ]);
  const service = readComposeFile(files).services['create-topic'] as RenderedService;
  expect(environmentOf(service, { EXTERNAL_KAFKA_TOPIC: 'own.events' })).toMatchObject({
    TOPICS_UPDATE: 'false',
    TOPIC_NAMES: 'own.events,cdc-events.dead-letter',
  });
  expect(files.get('config/jobs/changefeed.json')).not.toMatch(/partition-num|sasl-mechanism/);
});

test('without anything elsewhere the file is the one of compose/', () => {
  const files = renderExternal({ external: new Set(), folder: 'compose', context: '..' });
  expect(files.get('docker-compose.yml')).toBe(everything.get('docker-compose.yml'));
});
