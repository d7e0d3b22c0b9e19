import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { composeLogin } from '../kafka/facts.ts';
import { saslMechanism } from '../kafka/server-properties.ts';
import { topics } from '../kafka/topics.ts';
import { httpByBash } from '../kit/compose/health.ts';
import { job, jobFile, jobFilePath } from '../kit/compose/job.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { renderToml } from '../kit/toml.ts';
import { address, systems } from '../pipeline.ts';
import { changefeed } from './changefeed.ts';
import { changefeedUser, composeServerConfiguration, ticdcUrls } from './facts.ts';

export const ticdc: SystemService<'ticdc'> = {
  image: 'ticdc',
  command: [
    '/cdc',
    'server',
    '--config=/etc/ticdc/cdc.toml',
    '--data-dir=/data',
    `--pd=http://${address('pd', 'client')}`,
    `--addr=0.0.0.0:${systems.ticdc.api}`,
    `--advertise-addr=${address('ticdc', 'api')}`,
  ],
  files: [{ name: 'ticdc/cdc.toml', target: '/etc/ticdc/cdc.toml', content: renderToml(composeServerConfiguration()) }],
  volumes: [{ volume: 'ticdc-data', target: '/data' }],
  publish: { api: 'PORT_TICDC' },
  health: httpByBash(systems.ticdc.api, '/api/v2/health'),
  afterHealthy: ['pd', 'tikv'],
  memoryMiB: 768,
  user: 'root',
  temporary: ['/tmp'],
  stopSeconds: 30,
};

const [eventsTopic] = topics();
const definition = changefeed({ brokers: address('kafka', 'clients'), topic: eventsTopic, saslMechanism });

export const createChangefeed = job('create-changefeed', {
  environment: {
    TICDC_URL: ticdcUrls.compose,
    TICDC_USERNAME: changefeedUser,
    TICDC_PASSWORD: fromEnvironment('TICDC_PASSWORD'),
    CHANGEFEED_FILE: jobFilePath('changefeed'),
    ...composeLogin,
  } satisfies SettingsOf<typeof createChangefeedSettings>,
  files: [jobFile('changefeed', definition)],
  // TiCDC asks TiDB about the login, and its check of the sink wants the topic.
  afterHealthy: ['ticdc', 'tidb', 'kafka'],
  afterDone: ['migrate-database', 'create-topic'],
});
