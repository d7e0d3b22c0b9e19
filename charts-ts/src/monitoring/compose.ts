import {
  elasticsearchCaFile,
  elasticsearchCaMount,
  elasticsearchLogin,
  elasticsearchUrl,
} from '../elastic/compose-facts.ts';
import { elasticsearchUrls, elasticsearchUsers } from '../elastic/facts.ts';
import type { External } from '../external-settings.ts';
import { wgetHttpCheck } from '../kit/compose/health.ts';
import { type ConfigFile, fromEnvironment, type SystemService } from '../kit/compose/service.ts';
import { renderJson } from '../kit/json.ts';
import { renderYaml } from '../kit/yaml.ts';
import { address, systems } from '../pipeline.ts';
import { alertmanagerConfig } from './alertmanager.ts';
import { dashboards } from './dashboards/index.ts';
import { sharedDashboard } from './dashboards/shared.ts';
import { overviewUid } from './dashboards/uids.ts';
import {
  grafanaDashboardProvider,
  grafanaDataSources,
  grafanaWithoutOutboundCalls,
  sharedDataSourceUids,
} from './grafana.ts';
import { jsonExporterConfig } from './json-exporter.ts';
import { keptMetrics } from './kept-metrics.ts';
import { prometheusConfig, prometheusFlags } from './prometheus.ts';
import { rules } from './rules/index.ts';
import { rulesOfNamespace } from './rules/of-namespace.ts';
import { type ScrapeAddresses, scrapeJobNames, scrapeTargets } from './scrape.ts';

const databaseJobs: ScrapeAddresses = {
  pd: [address('pd', 'client')],
  tikv: [address('tikv', 'status')],
  tidb: [address('tidb', 'status')],
  ticdc: [address('ticdc', 'api')],
};

const monitoringJobs: ScrapeAddresses = {
  prometheus: [address('prometheus', 'http')],
  alertmanager: [address('alertmanager', 'http')],
  grafana: [address('grafana', 'http')],
};

/** The jobs with metrics: Kafka's image has no exporter, and external systems have their own monitoring. */
function jobAddresses(external: External): ScrapeAddresses {
  return {
    ...(external.has('database') ? {} : databaseJobs),
    consumer: [address('consumer', 'http')],
    ...(external.has('elasticsearch') ? {} : { elasticsearch: [elasticsearchUrls.compose] }),
    filebeat: [`http://${address('filebeat', 'status')}`],
    ...(external.has('monitoring') ? {} : monitoringJobs),
    'json-exporter': [address('json-exporter', 'http')],
  };
}

const prometheusFolder = '/etc/prometheus-cdc';

function prometheusYml(external: External) {
  const addresses = jobAddresses(external);
  return prometheusConfig({
    targets: scrapeTargets(addresses),
    ruleFiles: [`${prometheusFolder}/rules.yml`],
    alertmanagers: [address('alertmanager', 'http')],
    kept: keptMetrics(scrapeJobNames(addresses)),
  });
}

export const prometheus = (external: External): SystemService<'prometheus'> => ({
  image: 'prometheus',
  command: [
    '/bin/prometheus',
    `--config.file=${prometheusFolder}/prometheus.yml`,
    '--storage.tsdb.path=/prometheus',
    '--storage.tsdb.retention.time=7d',
    ...prometheusFlags,
  ],
  files: [
    yamlFile('prometheus/prometheus.yml', prometheusFolder, prometheusYml(external)),
    yamlFile('prometheus/rules.yml', prometheusFolder, rules({ jobs: scrapeJobNames(jobAddresses(external)) })),
  ],
  volumes: [{ volume: 'prometheus-data', target: '/prometheus' }],
  publish: { http: 'PORT_PROMETHEUS' },
  health: wgetHttpCheck(systems.prometheus.http, '/-/ready'),
  memoryMiB: 448,
  user: '65534:65534',
  stopSeconds: 30,
});

export const alertmanager: SystemService<'alertmanager'> = {
  image: 'alertmanager',
  command: [
    '/bin/alertmanager',
    '--config.file=/etc/alertmanager-cdc/alertmanager.yml',
    '--storage.path=/alertmanager',
    // A single instance needs no gossip.
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

/** It runs here even if Prometheus runs elsewhere: Filebeat can be queried only from here. */
export function jsonExporter(external: External): SystemService<'json-exporter'> {
  const own = !external.has('elasticsearch');
  const config = jsonExporterConfig(own ? { elasticsearch: { username: monitor.username, passwordFile } } : {});
  return {
    image: 'json-exporter',
    command: own ? jsonExporterWithPassword : jsonExporterCommand,
    ...(own ? { environment: { [monitor.passwordVariable]: fromEnvironment(monitor.passwordVariable) } } : {}),
    files: [yamlFile('json-exporter/json-exporter.yml', '/etc/json-exporter', config)],
    health: wgetHttpCheck(systems['json-exporter'].http, '/metrics'),
    memoryMiB: 48,
    user: '65534:65534',
    temporary: ['/tmp'],
  };
}

const jsonExporterCommand = ['/bin/json_exporter', '--config.file=/etc/json-exporter/json-exporter.yml'];

/** The exporter reads a password only from a file. */
const jsonExporterWithPassword = [
  'sh',
  '-euc',
  [
    'umask 077',
    `printf %s "$${monitor.passwordVariable}" >${passwordFile}`,
    `exec ${jsonExporterCommand.join(' ')}`,
  ].join('\n'),
];

const grafanaFolder = '/etc/grafana-cdc';

export function grafana(external: External): SystemService<'grafana'> {
  const { username, password } = elasticsearchLogin(external, 'GRAFANA');
  const elsewhere = external.has('elasticsearch')
    ? { ELASTICSEARCH_URL: elasticsearchUrl(external), ELASTICSEARCH_USERNAME: username }
    : {};
  return {
    image: 'grafana',
    command: ['/run.sh'],
    environment: {
      GF_SECURITY_ADMIN_PASSWORD: fromEnvironment('GRAFANA_ADMIN_PASSWORD'),
      [reader.passwordVariable]: password,
      ...elsewhere,
      GF_PATHS_PROVISIONING: `${grafanaFolder}/provisioning`,
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${grafanaFolder}/dashboards/${overviewUid}.json`,
      ...grafanaWithoutOutboundCalls,
    },
    files: grafanaFiles(external),
    hostFiles: elasticsearchCaMount(external),
    volumes: [{ volume: 'grafana-data', target: '/var/lib/grafana' }],
    publish: { http: 'PORT_GRAFANA' },
    health: wgetHttpCheck(systems.grafana.http, '/api/health'),
    afterHealthy: ['prometheus', 'elasticsearch'],
    memoryMiB: 448,
    user: '472:0',
    temporary: ['/tmp'],
  };
}

function grafanaFiles(external: External): readonly ConfigFile[] {
  const provisioning = `${grafanaFolder}/provisioning`;
  const sources = grafanaDataSources({ prometheusUrl: `http://${address('prometheus', 'http')}`, ...search(external) });
  return [
    yamlFile('grafana/provisioning/datasources/data-sources.yml', `${provisioning}/datasources`, sources),
    yamlFile(
      'grafana/provisioning/dashboards/provider.yml',
      `${provisioning}/dashboards`,
      grafanaDashboardProvider(`${grafanaFolder}/dashboards`),
    ),
    ...dashboards(scrapeJobNames(jobAddresses(external))).map((dashboard) => ({
      name: `grafana/dashboards/${dashboard.uid}.json`,
      target: `${grafanaFolder}/dashboards/${dashboard.uid}.json`,
      content: renderJson(dashboard),
    })),
  ];
}

/** Elasticsearch as Grafana's data source. */
function search(external: External) {
  const password = `$__env{${reader.passwordVariable}}`;
  if (!external.has('elasticsearch')) {
    return {
      elasticsearchUrl: elasticsearchUrls.compose,
      elasticsearchUser: { username: reader.username, password },
    };
  }
  // With an empty file, Grafana uses the public authorities.
  const ca = `$__file{${elasticsearchCaFile}}`;
  return {
    elasticsearchUrl: '$__env{ELASTICSEARCH_URL}',
    elasticsearchUser: { username: '$__env{ELASTICSEARCH_USERNAME}', password, ca },
  };
}

/** Label that distinguishes our series from others in a shared Prometheus. */
const namespace = 'tidb-cdc';

/**
 * Files for an external Prometheus and Grafana: path beside the compose file → content. Nothing here reads them;
 * docs/compose.md says where they go.
 */
export function monitoringElsewhere(external: External): ReadonlyMap<string, string> {
  const addresses = jobAddresses(external);
  const jobs = scrapeJobNames(addresses);
  const targets = scrapeTargets(addresses);
  const { scrape_configs } = prometheusConfig({ targets, labels: { namespace }, kept: keptMetrics(jobs) });
  const sources = grafanaDataSources({
    prometheusUrl: '$__env{PROMETHEUS_URL}',
    elasticsearchUrl: '$__env{ELASTICSEARCH_URL}',
    elasticsearchUser: {
      username: '$__env{GRAFANA_ELASTICSEARCH_USERNAME}',
      password: `$__env{${reader.passwordVariable}}`,
    },
    uids: sharedDataSourceUids,
  });
  const shared = dashboards(jobs).map((one) => sharedDashboard(one, { namespace, uids: sharedDataSourceUids }));
  return new Map([
    ['monitoring/scrape-configs.yml', renderYaml({ scrape_configs })],
    ['monitoring/rules.yml', renderYaml(rulesOfNamespace(rules({ jobs }), namespace))],
    ['monitoring/data-sources.yml', renderYaml(sources)],
    ...shared.map((one): [string, string] => [`monitoring/dashboards/${one.uid}.json`, renderJson(one)]),
  ]);
}

function yamlFile(name: string, folder: string, content: unknown): ConfigFile {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return {
    name,
    target: `${folder}/${base}`,
    content: renderYaml(content),
  };
}
