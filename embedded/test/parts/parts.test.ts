import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filebeatConfig } from '@tidb-cdc/charts/elastic/filebeat';
import { prometheusConfig, prometheusFlags } from '@tidb-cdc/charts/monitoring/prometheus';
import { rules } from '@tidb-cdc/charts/monitoring/rules/index';
import { scrapeTargets } from '@tidb-cdc/charts/monitoring/scrape';
import { partNames } from '@tidb-cdc/runtime/system-state';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createParts } from '../../src/parts/all.ts';
import { canalPart, foundPosition } from '../../src/parts/canal.ts';
import { consumerPart } from '../../src/parts/consumer.ts';
import { elasticsearchPart } from '../../src/parts/elasticsearch.ts';
import { filebeatPart } from '../../src/parts/filebeat.ts';
import { kafkaPart } from '../../src/parts/kafka.ts';
import { prometheusPart } from '../../src/parts/prometheus.ts';
import { testContext } from './context.ts';

test('every part but the console runs as a process, and what it needs to be fetched is known', () => {
  const parts = createParts(testContext());
  expect(parts.map(({ name }) => name).sort()).toEqual(partNames.filter((name) => name !== 'console').sort());
  const tools = Object.fromEntries(parts.map(({ name, fetchTool }) => [name, fetchTool]));
  expect(tools).toMatchObject({ kafka: 'maven', mariadb: 'maven', canal: 'maven', elasticsearch: 'maven' });
  expect(tools.consumer).toBeUndefined();
});

test('Filebeat runs with the model’s configuration', async () => {
  const context = testContext();
  const { command } = await filebeatPart(context).prepare();
  const file = context.paths.part('filebeat', 'filebeat.yml');
  expect(command).toContain(file);
  expect(parse(readFileSync(file, 'utf8'))).toEqual(
    filebeatConfig({
      eventLogGlob: context.paths.part('consumer', 'events.*.ndjson'),
      elasticsearchUrl: 'http://127.0.0.1:11200',
      statusHost: '127.0.0.1',
      statusPort: 7066,
      memoryMiB: 1024,
    }),
  );
});

test('Prometheus runs with the model’s configuration and flags, on loopback', async () => {
  const context = testContext();
  const { command } = await prometheusPart(context).prepare();
  const file = context.paths.part('prometheus', 'prometheus.yml');
  expect(command).toContain(`--config.file=${file}`);
  expect(command).toContain('--web.listen-address=127.0.0.1:11090');
  for (const flag of prometheusFlags) expect(command).toContain(flag);
  const jobs = { consumer: ['127.0.0.1:11464'], prometheus: ['127.0.0.1:11090'] };
  const ruleFile = context.paths.part('prometheus', 'rules.yml');
  expect(parse(readFileSync(file, 'utf8'))).toEqual(
    prometheusConfig({ targets: scrapeTargets(jobs), ruleFiles: [ruleFile] }),
  );
  expect(parse(readFileSync(ruleFile, 'utf8'))).toEqual(rules({ jobs: ['consumer', 'prometheus'] }));
});

test('Kafka listens on loopback and keeps a data folder that is formatted', async () => {
  const context = testContext();
  const data = context.paths.part('kafka', 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'meta.properties'), '');
  const { command } = await kafkaPart(context).prepare();
  expect(command.at(-2)).toBe('kafka.Kafka');
  const properties = readFileSync(context.paths.part('kafka', 'server.properties'), 'utf8').split('\n');
  expect(properties).toContain('listeners=PLAINTEXT://127.0.0.1:11092,CONTROLLER://127.0.0.1:11094');
  expect(properties).toContain(`log.dirs=${data}`);
});

test('Elasticsearch is configured in the state folder, as an unprivileged user', async () => {
  const context = testContext();
  const { versions, cacheDir } = context;
  const part = elasticsearchPart(context);
  // The part copies the distribution's logging configuration. This test creates only that file.
  const home = (await part
    .prepare()
    .catch((error: Error) => /'([^']+)\/config\/log4j2\.properties'/.exec(error.message)?.[1])) as string;
  expect(home.startsWith(`${cacheDir}/elasticsearch-${versions.elasticsearch}-`)).toBe(true);
  mkdirSync(join(home, 'config'), { recursive: true });
  writeFileSync(join(home, 'config', 'log4j2.properties'), 'rootLogger.level = info\n');

  const { command, env, unprivileged } = await part.prepare();
  expect(command).toEqual([`${home}/bin/elasticsearch`]);
  expect(unprivileged).toBe(true);
  const config = context.paths.part('elasticsearch', 'config');
  expect(env).toMatchObject({ ES_PATH_CONF: config, ES_JAVA_HOME: '/jdk' });
  expect(parse(readFileSync(join(config, 'elasticsearch.yml'), 'utf8'))).toMatchObject({
    'network.host': '127.0.0.1',
    'http.port': 11200,
    'path.data': context.paths.part('elasticsearch', 'data'),
  });
  expect(readFileSync(join(config, 'jvm.options'), 'utf8')).toContain('-Xmx320m\n');
});

test('Canal goes on where the binlog ended before its first start; its password is on no command line', async () => {
  const context = testContext();
  const dir = context.paths.part('canal');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'start-position.json'), JSON.stringify({ journal: 'binlog.000002', position: 345 }));
  const { command, env } = await canalPart(context).prepare();
  expect(command.join(' ')).not.toContain('cdc-secret');
  expect(env).toMatchObject({
    DATABASE_PASSWORD: 'cdc-secret',
    DATABASE_PORT: '6000',
    START_JOURNAL: 'binlog.000002',
    START_POSITION: '345',
    KAFKA_TOPIC: 'cdc-events',
    KAFKA_PARTITIONS: '3',
    MAX_MESSAGE_BYTES: '1048576',
  });
});

test('Canal is ready when its parser has found the position', () => {
  expect(foundPosition('---> begin to find start position, it will be long')).toBe(false);
  expect(foundPosition('---> find start position successfully, EntryPosition[included=false]')).toBe(true);
});

test('the consumer writes the event log that Filebeat reads', async () => {
  const context = testContext();
  const { env, cwd } = await consumerPart(context).prepare();
  expect(env).toMatchObject({ EVENT_LOG: context.paths.eventLog, HTTP_HOST: '127.0.0.1', HTTP_PORT: '11464' });
  expect(statSync(join(cwd, 'package.json')).isFile()).toBe(true);
});
