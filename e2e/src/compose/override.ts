import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexTemplatesFile } from '@tidb-cdc/charts/elastic/compose';
import { writer } from '@tidb-cdc/charts/elastic/facts';
import { type IndexTemplates, indexTemplates } from '@tidb-cdc/charts/elastic/index-template';
import { topics } from '@tidb-cdc/charts/kafka/topics';
import { bashCheck } from '@tidb-cdc/charts/kit/compose/health';
import { renderYaml } from '@tidb-cdc/charts/kit/yaml';
import { ports } from '@tidb-cdc/charts/pipeline';
import { checkedFolder } from '@tidb-cdc/charts/targets/compose/check-config';
import { renderMyCnf } from '@tidb-cdc/embedded/parts/mariadb';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { baseImage } from './base-image.ts';
import { substituteImages } from './images.ts';

const cdcPassword = 'local-cdc';
const dataFolder = '/var/lib/mysql';

export interface OverrideOptions {
  /** Whether an image of Grafana exists. */
  readonly withGrafana: boolean;
}

/**
 * Writes the only override that this suite needs, with the files that it mounts, and returns its path. MariaDB replaces
 * TiDB, Canal replaces TiCDC, and PD, TiKV and the changefeed do nothing. Index templates have no retention, because
 * Elasticsearch 8.5 stands in for a version with lifecycles.
 */
export function writeOverride(folder: string, options: OverrideOptions): string {
  mkdirSync(folder, { recursive: true });
  const myCnf = join(folder, 'my.cnf');
  const settings = { base: '/opt/mariadb', dataDir: `${dataFolder}/data`, temporaryDir: '/tmp', port: ports.sql };
  writeFileSync(myCnf, renderMyCnf(settings));
  const path = join(folder, 'override.yml');
  writeFileSync(
    path,
    renderYaml({
      services: {
        ...services(myCnf),
        ...grafanaOrNone(options),
        'install-index-template': templatesOverride(folder, indexTemplates()),
      },
      volumes: { 'mariadb-data': {}, 'canal-data': {} },
    }),
  );
  return path;
}

/** Writes an override with which the example for systems that run elsewhere has this network for its own. */
export function writeExternalOverride(folder: string, network: string, options: OverrideOptions): string {
  mkdirSync(folder, { recursive: true });
  const templates = { ...indexTemplates(), writer: { indices: writer.indices } };
  const path = join(folder, 'override.yml');
  writeFileSync(
    path,
    renderYaml({
      services: { 'install-index-template': templatesOverride(folder, templates), ...grafanaOrNone(options) },
      networks: { default: { external: true, name: network } },
    }),
  );
  return path;
}

function templatesOverride(folder: string, templates: IndexTemplates) {
  const { content, target } = indexTemplatesFile(templates);
  const source = join(folder, 'index-templates.json');
  writeFileSync(source, content);
  return { volumes: [{ type: 'bind', source, target, read_only: true }] };
}

function grafanaOrNone({ withGrafana }: OverrideOptions) {
  return withGrafana ? {} : { grafana: { profiles: ['left-out'] } };
}

/** Writes an override in which the check of the generated files sees files as in a clone under umask 077. */
export function writeClosedConfigOverride(folder: string): string {
  const closed = join(folder, 'config');
  cpSync(repositoryFile('compose', 'config'), closed, { recursive: true });
  for (const entry of readdirSync(closed, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  const path = join(folder, 'override.yml');
  const volumes = [{ type: 'bind', source: closed, target: checkedFolder, read_only: true }];
  writeFileSync(path, renderYaml({ services: { 'check-config': { volumes } } }));
  return path;
}

function services(myCnf: string): Readonly<Record<string, unknown>> {
  return {
    pd: idle,
    tikv: idle,
    tidb: {
      image: substituteImages.mariadb,
      entrypoint: ['/opt/mariadb/start.sh'],
      user: '1000:1000',
      environment: { CDC_PASSWORD: cdcPassword },
      volumes: [
        { type: 'volume', source: 'mariadb-data', target: dataFolder },
        { type: 'bind', source: myCnf, target: '/etc/mariadb/my.cnf', read_only: true },
      ],
      healthcheck: healthcheck([
        `exec 3<>/dev/tcp/127.0.0.1/${ports.sql}`,
        'IFS= LC_ALL=C read -r -t 4 -N 20 -u 3 greeting',
        '[[ $greeting == *MariaDB* ]]',
      ]),
    },
    ticdc: {
      image: substituteImages.canal,
      entrypoint: ['bash', '-euc', canalStart],
      user: '1000:1000',
      environment: canalEnvironment,
      volumes: [{ type: 'volume', source: 'canal-data', target: '/var/lib/canal' }],
      depends_on: {
        tidb: { condition: 'service_healthy' },
        'create-topic': { condition: 'service_completed_successfully' },
      },
      healthcheck: healthcheck(["grep -q 'find start position successfully' /tmp/canal.log"]),
    },
    'create-changefeed': { entrypoint: ['true'] },
  };
}

/** Healthy, but does nothing. */
const idle = { image: baseImage, entrypoint: ['sleep', 'infinity'], healthcheck: { test: ['CMD', 'true'] } };

/** Canal's only sign of health is what it logs once it reads the binlog. */
const canalStart = [
  'exec > >(tee /tmp/canal.log) 2>&1',
  [
    'exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --add-opens=java.base/java.lang=ALL-UNNAMED',
    "-Dlogback.configurationFile=/opt/canal/logback.xml -cp '/opt/canal/classes:/opt/canal/lib/*'",
    'tidbcdc.CanalLauncher',
  ].join(' '),
].join('\n');

const [events] = topics();

const canalEnvironment = {
  DATABASE_HOST: 'tidb',
  DATABASE_PORT: String(ports.sql),
  DATABASE_USER: 'cdc',
  DATABASE_PASSWORD: cdcPassword,
  // The beginning of the binlog: nothing is written before Canal reads.
  START_JOURNAL: 'binlog.000001',
  START_POSITION: '4',
  DATA_DIR: '/var/lib/canal',
  KAFKA_BROKERS: `kafka:${ports.kafka}`,
  KAFKA_USERNAME: 'cdc',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose puts the variable in.
  KAFKA_PASSWORD: '${KAFKA_PASSWORD}',
  KAFKA_TOPIC: events.topic,
  KAFKA_PARTITIONS: String(events.partitions),
  MAX_MESSAGE_BYTES: events.config['max.message.bytes'],
};

function healthcheck(script: readonly string[]): Readonly<Record<string, unknown>> {
  // A compose file escapes `$` as `$$`.
  return { test: ['CMD', ...bashCheck(script).command.map((word) => word.replaceAll('$', '$$$$'))] };
}
