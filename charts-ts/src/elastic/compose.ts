import type { installIndexTemplateSettings } from '@tidb-cdc/jobs/install-index-template';
import { eventLogFolder, eventLogGlob } from '../consumer/facts.ts';
import type { External } from '../external-settings.ts';
import { bashCheck } from '../kit/compose/health.ts';
import { type JobService, jobFile, jobFilePath, jobService } from '../kit/compose/job.ts';
import { type ConfigFile, fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { renderYaml } from '../kit/yaml.ts';
import { defaultRetention, systems } from '../pipeline.ts';
import {
  elasticsearchCaFile,
  elasticsearchCaMount,
  elasticsearchClient,
  elasticsearchLogin,
  elasticsearchUrl,
} from './compose-facts.ts';
import {
  elasticsearchRoles,
  elasticsearchUrls,
  elasticsearchUsers,
  guardedElasticsearchSettings,
  writer,
} from './facts.ts';
import { filebeatCommand, filebeatConfig, filebeatEnvironment, filebeatFolders } from './filebeat.ts';
import { type IndexTemplates, indexTemplates } from './index-template.ts';

const home = '/usr/share/elasticsearch';

const elasticsearchYml = guardedElasticsearchSettings({
  host: '0.0.0.0',
  httpPort: systems.elasticsearch.http,
  transportPort: systems.elasticsearch.transport,
  dataDir: `${home}/data`,
  logsDir: `${home}/logs`,
});

const users = Object.values(elasticsearchUsers);

/**
 * Users in files, created again at each start, so that their passwords follow the variables. The passwords of users in
 * Elasticsearch's index would not.
 */
const start = [
  `cd ${home}`,
  ': >config/users',
  ': >config/users_roles',
  ...users.map(
    ({ username, passwordVariable: password }) =>
      `bin/elasticsearch-users useradd ${username} -p "$${password}" -r ${username}`,
  ),
  // The image's entrypoint puts ELASTIC_PASSWORD into the keystore.
  'exec /usr/local/bin/docker-entrypoint.sh eswrapper',
];

export const elasticsearch: SystemService<'elasticsearch'> = {
  image: 'elasticsearch',
  command: ['bash', '-euc', start.join('\n')],
  environment: {
    ELASTIC_PASSWORD: fromEnvironment('ELASTIC_PASSWORD'),
    ...Object.fromEntries(users.map(({ passwordVariable: name }) => [name, fromEnvironment(name)])),
    ES_JAVA_OPTS: '-Xms512m -Xmx512m',
  },
  files: [
    {
      name: 'elasticsearch/elasticsearch.yml',
      target: `${home}/config/elasticsearch.yml`,
      content: renderYaml(elasticsearchYml),
    },
    {
      name: 'elasticsearch/roles.yml',
      target: `${home}/config/roles.yml`,
      content: renderYaml(elasticsearchRoles()),
    },
  ],
  volumes: [{ volume: 'elasticsearch-data', target: `${home}/data` }],
  publish: { http: 'PORT_ELASTICSEARCH' },
  health: bashCheck([
    `url='http://127.0.0.1:${systems.elasticsearch.http}/_cluster/health?wait_for_status=yellow&timeout=3s'`,
    // The login is in a file, so that no process list shows it.
    'curl -fsS -m 4 -o /dev/null -K <(printf \'user = "elastic:%s"\' "$ELASTIC_PASSWORD") "$url"',
  ]),
  memoryMiB: 1280,
  user: '1000:0',
  writableBecause: 'Elasticsearch keeps its users and its keystore beside its configuration',
  stopSeconds: 60,
};

/** The file that the job installs. */
export function indexTemplatesFile(templates: IndexTemplates): ConfigFile {
  return jobFile('index-templates', templates);
}

export function installIndexTemplate(external: External): JobService {
  return jobService('install-index-template', {
    environment: {
      ...elasticsearchClient(external, 'TEMPLATES'),
      ...(external.has('elasticsearch') ? writerLogin(external) : {}),
      INDEX_TEMPLATE_FILE: jobFilePath('index-templates'),
    } satisfies SettingsOf<typeof installIndexTemplateSettings>,
    files: [indexTemplatesFile(templatesFor(external))],
    hostFiles: elasticsearchCaMount(external),
    afterHealthy: ['elasticsearch'],
  });
}

function templatesFor(external: External): IndexTemplates {
  const options = { retention: defaultRetention };
  if (!external.has('elasticsearch')) return { ...indexTemplates(options), writer };
  return { ...indexTemplates({ ...options, replicas: 'auto' }), writer: { indices: writer.indices } };
}

/** Filebeat's own login: in an external Elasticsearch, no other user may check Filebeat's rights. */
function writerLogin(external: External) {
  const { username, password } = elasticsearchLogin(external, 'FILEBEAT');
  return { ELASTICSEARCH_WRITER_USERNAME: username, ELASTICSEARCH_WRITER_PASSWORD: password };
}

const filebeatMemoryMiB = 256;

export function filebeat(external: External): SystemService<'filebeat'> {
  const { passwordVariable } = elasticsearchUsers.shipper;
  const elsewhere = external.has('elasticsearch');
  const { username, password } = elasticsearchLogin(external, 'FILEBEAT');
  const config = filebeatConfig({
    eventLogGlob,
    elasticsearchUrl: elsewhere ? variable('ELASTICSEARCH_URL') : elasticsearchUrls.compose,
    statusHost: '0.0.0.0',
    statusPort: systems.filebeat.status,
    login: { username: elsewhere ? variable('ELASTICSEARCH_USERNAME') : 'filebeat', passwordVariable },
    memoryMiB: filebeatMemoryMiB,
  });
  return {
    image: 'filebeat',
    command: elsewhere ? filebeatWithCa : filebeatCommand,
    environment: {
      [passwordVariable]: password,
      ...(elsewhere ? { ELASTICSEARCH_URL: elasticsearchUrl(external), ELASTICSEARCH_USERNAME: username } : {}),
      ...filebeatEnvironment(filebeatMemoryMiB),
    },
    files: [
      {
        name: 'filebeat/filebeat.yml',
        target: `${filebeatFolders.config}/filebeat.yml`,
        content: renderYaml(config),
      },
    ],
    hostFiles: elasticsearchCaMount(external),
    volumes: [
      { volume: 'event-log', target: eventLogFolder, readOnly: true },
      { volume: 'filebeat-data', target: filebeatFolders.data },
    ],
    // `filebeat test output` would start a second Filebeat within the memory limit. An alert checks that it ships.
    health: { command: ['curl', '-fsS', '-m', '4', '-o', '/dev/null', `http://127.0.0.1:${systems.filebeat.status}/`] },
    afterDone: ['install-index-template'],
    memoryMiB: filebeatMemoryMiB,
    user: '1000:0',
    temporary: ['/tmp'],
  };
}

/** A reference to an environment variable, in Filebeat's notation. */
function variable(name: string): string {
  return `\${${name}}`;
}

/** Names the certificate authority only if its file is not empty, which Filebeat would refuse. */
const filebeatWithCa = [
  'sh',
  '-euc',
  [
    `if [ -s ${elasticsearchCaFile} ]; then`,
    `  set -- "$@" -E 'output.elasticsearch.ssl.certificate_authorities=["${elasticsearchCaFile}"]'`,
    'fi',
    'exec "$0" "$@"',
  ].join('\n'),
  ...filebeatCommand,
];
