import { elasticsearchUrls, elasticsearchUsers } from '../elastic/facts.ts';
import { wgetHttpCheck } from '../kit/compose/health.ts';
import { type ConfigFile, fromEnvironment, type SystemService } from '../kit/compose/service.ts';
import { renderYaml } from '../kit/yaml.ts';
import { address, systems } from '../pipeline.ts';
import { alertmanagerConfig } from './alertmanager.ts';
import { dashboards } from './dashboards/index.ts';
import { overviewUid } from './dashboards/uids.ts';
import { grafanaDashboardProvider, grafanaDataSources, grafanaWithoutOutboundCalls } from './grafana.ts';
import { jsonExporterConfig } from './json-exporter.ts';
import { keptMetrics } from './kept-metrics.ts';
import { prometheusConfig, prometheusFlags } from './prometheus.ts';
import { rules } from './rules/index.ts';
import { type ScrapeAddresses, scrapeJobNames, scrapeTargets } from './scrape.ts';

/** What has metrics here: Kafka's image has no exporter. */
const jobAddresses: ScrapeAddresses = {
  pd: [address('pd', 'client')],
  tikv: [address('tikv', 'status')],
  tidb: [address('tidb', 'status')],
  ticdc: [address('ticdc', 'api')],
  consumer: [address('consumer', 'http')],
  elasticsearch: [elasticsearchUrls.compose],
  filebeat: [`http://${address('filebeat', 'status')}`],
  prometheus: [address('prometheus', 'http')],
  alertmanager: [address('alertmanager', 'http')],
  grafana: [address('grafana', 'http')],
  'json-exporter': [address('json-exporter', 'http')],
};

const prometheusFolder = '/etc/prometheus-cdc';
const prometheusYml = prometheusConfig({
  targets: scrapeTargets(jobAddresses),
  ruleFiles: [`${prometheusFolder}/rules.yml`],
  alertmanagers: [address('alertmanager', 'http')],
  kept: keptMetrics(scrapeJobNames(jobAddresses)),
});

export const prometheus: SystemService<'prometheus'> = {
  image: 'prometheus',
  command: [
    '/bin/prometheus',
    `--config.file=${prometheusFolder}/prometheus.yml`,
    '--storage.tsdb.path=/prometheus',
    '--storage.tsdb.retention.time=7d',
    ...prometheusFlags,
  ],
  files: [
    yamlFile('prometheus/prometheus.yml', prometheusFolder, prometheusYml),
    yamlFile('prometheus/rules.yml', prometheusFolder, rules({ jobs: scrapeJobNames(jobAddresses) })),
  ],
  volumes: [{ volume: 'prometheus-data', target: '/prometheus' }],
  publish: { http: 'PORT_PROMETHEUS' },
  health: wgetHttpCheck(systems.prometheus.http, '/-/ready'),
  memoryMiB: 448,
  user: '65534:65534',
  stopSeconds: 30,
};

export const alertmanager: SystemService<'alertmanager'> = {
  image: 'alertmanager',
  command: [
    '/bin/alertmanager',
    '--config.file=/etc/alertmanager-cdc/alertmanager.yml',
    '--storage.path=/alertmanager',
    // One alone needs no gossip.
    '--cluster.listen-address=',
  ],
  files: [yamlFile('alertmanager/alertmanager.yml', '/etc/alertmanager-cdc', alertmanagerConfig())],
  volumes: [{ volume: 'alertmanager-data', target: '/alertmanager' }],
  publish: { http: 'PORT_ALERTMANAGER' },
  health: wgetHttpCheck(systems.alertmanager.http, '/-/ready'),
  memoryMiB: 64,
  user: '65534:65534',
};

const { dashboards: reader, monitor } = elasticsearchUsers;
const passwordFile = '/tmp/elasticsearch-password';

export const jsonExporter: SystemService<'json-exporter'> = {
  image: 'json-exporter',
  // It takes a password from a file only.
  command: [
    'sh',
    '-euc',
    [
      'umask 077',
      `printf %s "$${monitor.passwordVariable}" >${passwordFile}`,
      'exec /bin/json_exporter --config.file=/etc/json-exporter/json-exporter.yml',
    ].join('\n'),
  ],
  environment: { [monitor.passwordVariable]: fromEnvironment(monitor.passwordVariable) },
  files: [
    yamlFile(
      'json-exporter/json-exporter.yml',
      '/etc/json-exporter',
      jsonExporterConfig({ elasticsearch: { username: monitor.username, passwordFile } }),
    ),
  ],
  health: wgetHttpCheck(systems['json-exporter'].http, '/metrics'),
  memoryMiB: 48,
  user: '65534:65534',
  temporary: ['/tmp'],
};

const grafanaFolder = '/etc/grafana-cdc';

export const grafana: SystemService<'grafana'> = {
  image: 'grafana',
  command: ['/run.sh'],
  environment: {
    GF_SECURITY_ADMIN_PASSWORD: fromEnvironment('GRAFANA_ADMIN_PASSWORD'),
    [reader.passwordVariable]: fromEnvironment(reader.passwordVariable),
    GF_PATHS_PROVISIONING: `${grafanaFolder}/provisioning`,
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${grafanaFolder}/dashboards/${overviewUid}.json`,
    ...grafanaWithoutOutboundCalls,
  },
  files: [
    yamlFile(
      'grafana/provisioning/datasources/data-sources.yml',
      `${grafanaFolder}/provisioning/datasources`,
      grafanaDataSources({
        prometheusUrl: `http://${address('prometheus', 'http')}`,
        elasticsearchUrl: elasticsearchUrls.compose,
        elasticsearchUser: { username: reader.username, password: `$__env{${reader.passwordVariable}}` },
      }),
    ),
    yamlFile(
      'grafana/provisioning/dashboards/provider.yml',
      `${grafanaFolder}/provisioning/dashboards`,
      grafanaDashboardProvider(`${grafanaFolder}/dashboards`),
    ),
    ...dashboards(scrapeJobNames(jobAddresses)).map((dashboard) => ({
      name: `grafana/dashboards/${dashboard.uid}.json`,
      target: `${grafanaFolder}/dashboards/${dashboard.uid}.json`,
      content: `${JSON.stringify(dashboard, null, 2)}\n`,
    })),
  ],
  volumes: [{ volume: 'grafana-data', target: '/var/lib/grafana' }],
  publish: { http: 'PORT_GRAFANA' },
  health: wgetHttpCheck(systems.grafana.http, '/api/health'),
  afterHealthy: ['prometheus', 'elasticsearch'],
  memoryMiB: 448,
  user: '472:0',
  temporary: ['/tmp'],
};

function yamlFile(name: string, folder: string, content: unknown): ConfigFile {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return {
    name,
    target: `${folder}/${base}`,
    content: renderYaml(content),
  };
}
