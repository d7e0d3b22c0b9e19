import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import type { External } from '../external-settings.ts';
import { externalKafkaLogin, kafkaCaFile, kafkaCaMount } from '../kafka/compose-facts.ts';
import { kafkaComposeLogin } from '../kafka/facts.ts';
import { saslMechanism } from '../kafka/server-properties.ts';
import { topics } from '../kafka/topics.ts';
import { bashHttpCheck } from '../kit/compose/health.ts';
import { type JobService, jobFile, jobFilePath, jobService } from '../kit/compose/job.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { renderToml } from '../kit/toml.ts';
import { address, demoCapture, systems } from '../pipeline.ts';
import { changefeedDefinition } from './changefeed.ts';
import { ticdcCaFile, ticdcCaMount } from './compose-facts.ts';
import { changefeedUser, ticdcComposeConfiguration, ticdcUrls } from './facts.ts';

export const ticdc = (external: External): SystemService<'ticdc'> => ({
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
  hostFiles: kafkaCaMount(external),
  volumes: [{ volume: 'ticdc-data', target: '/data' }],
  publish: { api: 'PORT_TICDC' },
  health: bashHttpCheck(systems.ticdc.api, '/api/v2/health'),
  afterHealthy: ['pd', 'tikv'],
  memoryMiB: 768,
  user: 'root',
  temporary: ['/tmp'],
  stopSeconds: 30,
});

export function createChangefeed(external: External): JobService {
  return jobService('create-changefeed', {
    environment: {
      ...ticdcSettings(external),
      CHANGEFEED_FILE: jobFilePath('changefeed'),
      PROTOCOL: fromEnvironment('PROTOCOL'),
      ...kafkaSettings(external),
    } satisfies SettingsOf<typeof createChangefeedSettings>,
    files: [jobFile('changefeed', definition(external))],
    hostFiles: external.has('database') ? ticdcCaMount(external) : kafkaCaMount(external),
    // TiCDC checks the login in TiDB, and the sink's topic must exist.
    afterHealthy: ['ticdc', 'tidb', 'kafka'],
    afterDone: external.has('database') ? ['create-topic'] : ['migrate-database', 'create-topic'],
  });
}

function definition(external: External) {
  const [{ topic, partitions, replicationFactor, config }] = topics();
  const elsewhere = external.has('kafka');
  return changefeedDefinition({
    brokers: address('kafka', 'clients'),
    // A topic that exists already has its own number of partitions.
    topic: elsewhere ? { topic, config } : { topic, partitions, replicationFactor, config },
    // For an external Kafka, the settings name the mechanism.
    ...(elsewhere ? {} : { saslMechanism }),
    capture: demoCapture,
  });
}

function ticdcSettings(external: External) {
  if (!external.has('database')) {
    return {
      TICDC_URL: ticdcUrls.compose,
      TICDC_USERNAME: changefeedUser,
      TICDC_PASSWORD: fromEnvironment('TICDC_PASSWORD'),
      CAPTURE: fromEnvironment('CAPTURE'),
    };
  }
  return {
    CHANGEFEED_CREATE: fromEnvironment('EXTERNAL_TICDC_CHANGEFEED'),
    TICDC_URL: fromEnvironment('EXTERNAL_TICDC_URL'),
    TICDC_USERNAME: fromEnvironment('EXTERNAL_TICDC_USERNAME'),
    TICDC_PASSWORD: fromEnvironment('EXTERNAL_TICDC_PASSWORD'),
    TICDC_CA_FILE: ticdcCaFile,
    CAPTURE: fromEnvironment('EXTERNAL_TICDC_CAPTURE'),
  };
}

/** Kafka as seen from TiCDC, wherever each of them runs. */
function kafkaSettings(external: External) {
  const ticdcElsewhere = external.has('database');
  if (!external.has('kafka')) {
    // Outside the containers, Kafka is reachable only at this machine's loopback address.
    const brokers = { KAFKA_BROKERS: ['127.0.0.1:', fromEnvironment('PORT_KAFKA')] };
    return { ...(ticdcElsewhere ? brokers : {}), ...kafkaComposeLogin };
  }
  return {
    KAFKA_BROKERS: fromEnvironment('EXTERNAL_KAFKA_BROKERS'),
    KAFKA_TOPIC: fromEnvironment('EXTERNAL_KAFKA_TOPIC'),
    ...externalKafkaLogin,
    ...(ticdcElsewhere
      ? {
          TICDC_KAFKA_BROKERS: fromEnvironment('EXTERNAL_TICDC_KAFKA_BROKERS'),
          TICDC_KAFKA_CA_FILE: fromEnvironment('EXTERNAL_TICDC_KAFKA_CA_FILE'),
        }
      : { KAFKA_CA_FILE: kafkaCaFile }),
  };
}
