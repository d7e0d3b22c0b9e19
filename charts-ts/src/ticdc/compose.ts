import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { kafkaComposeLogin } from '../kafka/facts.ts';
import { saslMechanism } from '../kafka/server-properties.ts';
import { topics } from '../kafka/topics.ts';
import { bashHttpCheck } from '../kit/compose/health.ts';
import { jobFile, jobFilePath, jobService } from '../kit/compose/job.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { renderToml } from '../kit/toml.ts';
import { address, demoCapture, systems } from '../pipeline.ts';
import { changefeedDefinition } from './changefeed.ts';
import { changefeedUser, ticdcComposeConfiguration, ticdcUrls } from './facts.ts';

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
  files: [{ name: 'ticdc/cdc.toml', target: '/etc/ticdc/cdc.toml', content: renderToml(ticdcComposeConfiguration()) }],
  volumes: [{ volume: 'ticdc-data', target: '/data' }],
  publish: { api: 'PORT_TICDC' },
  health: bashHttpCheck(systems.ticdc.api, '/api/v2/health'),
  afterHealthy: ['pd', 'tikv'],
  memoryMiB: 768,
  user: 'root',
  temporary: ['/tmp'],
  stopSeconds: 30,
};

const [eventsTopic] = topics();
const definition = changefeedDefinition({
  brokers: address('kafka', 'clients'),
  topic: eventsTopic,
  saslMechanism,
  capture: demoCapture,
});

export const createChangefeed = jobService('create-changefeed', {
  environment: {
    TICDC_URL: ticdcUrls.compose,
    TICDC_USERNAME: changefeedUser,
    TICDC_PASSWORD: fromEnvironment('TICDC_PASSWORD'),
    CHANGEFEED_FILE: jobFilePath('changefeed'),
    CAPTURE: fromEnvironment('CAPTURE'),
    PROTOCOL: fromEnvironment('PROTOCOL'),
    ...kafkaComposeLogin,
  } satisfies SettingsOf<typeof createChangefeedSettings>,
  files: [jobFile('changefeed', definition)],
  // TiCDC asks TiDB about the login, and its check of the sink wants the topic.
  afterHealthy: ['ticdc', 'tidb', 'kafka'],
  afterDone: ['migrate-database', 'create-topic'],
});
