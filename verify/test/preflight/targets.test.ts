import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import versions from '../../../versions.json' with { type: 'json' };
import { composePorts, kindPorts } from '../../src/preflight/targets.ts';

const config = readFileSync(repositoryFile('kind-config.yaml'), 'utf8');

test('compose wants the ports that .env and the environment say', () => {
  const wanted = composePorts({ PORT_GRAFANA: '3001' });
  expect(wanted).toContainEqual({ port: 4000, instead: 'PORT_SQL=14000 in .env' });
  expect(wanted).toContainEqual({ port: 3001, instead: 'PORT_GRAFANA=13001 in .env' });
});

test('kind wants the ports that kind-config.yaml maps', () => {
  expect(kindPorts(config)).toEqual(
    [3000, 4000, 9090].map((port) => ({ port, instead: `hostPort: ${port + 10_000} in kind-config.yaml` })),
  );
});

test('kind-config.yaml has the node image of versions.json', () => {
  expect(parse(config).nodes).toMatchObject([{ image: versions.kubernetes.kindNode }]);
});
