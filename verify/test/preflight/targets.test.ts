import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import versions from '../../../versions.json' with { type: 'json' };
import { composePorts, kindPorts, missingSettings } from '../../src/preflight/targets.ts';

const config = readFileSync(repositoryFile('kind-config.yaml'), 'utf8');

test('compose wants the ports that .env and the environment say', () => {
  const wanted = composePorts({ PORT_GRAFANA: '3001' });
  expect(wanted).toContainEqual({ port: 4000, instead: 'PORT_SQL=14000 in .env' });
  expect(wanted).toContainEqual({ port: 3001, instead: 'PORT_GRAFANA=13001 in .env' });
});

test('the example for systems that run elsewhere wants fewer ports, and says which settings are missing', () => {
  const COMPOSE_FILE = 'compose/external/docker-compose.yml';
  const names = composePorts({ COMPOSE_FILE }).map(({ instead }) => instead.split('=')[0]);
  expect(names).toEqual(['PORT_CONSUMER', 'PORT_PROMETHEUS', 'PORT_ALERTMANAGER', 'PORT_GRAFANA', 'PORT_CONSOLE']);
  const missing = missingSettings({ COMPOSE_FILE, EXTERNAL_KAFKA_TLS: 'true' });
  expect(missing).toContainEqual({
    what: "EXTERNAL_KAFKA_BROKERS is not set: Kafka's brokers, host:port, several separated by commas",
    remedy: 'set EXTERNAL_KAFKA_BROKERS in .env',
  });
  const text = JSON.stringify(missing);
  expect(text).toContain('EXTERNAL_TICDC_URL');
  expect(text).not.toMatch(/EXTERNAL_KAFKA_TLS|EXTERNAL_KAFKA_USERNAME|EXTERNAL_KAFKA_TOPIC/);
  expect(JSON.stringify(missingSettings({ COMPOSE_FILE, EXTERNAL_TICDC_CHANGEFEED: 'false' }))).not.toContain('TICDC');
});

test('the whole system lacks no setting', () => {
  expect(missingSettings({})).toEqual([]);
});

test('kind wants the ports that kind-config.yaml maps', () => {
  expect(kindPorts(config)).toEqual(
    [3000, 4000, 9090].map((port) => ({ port, instead: `hostPort: ${port + 10_000} in kind-config.yaml` })),
  );
});

test('kind-config.yaml has the node image of versions.json', () => {
  expect(parse(config).nodes).toMatchObject([{ image: versions.kubernetes.kindNode }]);
});
