import { readFileSync } from 'node:fs';
import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import type { migrateDatabaseSettings } from '@tidb-cdc/jobs/migrate-database';
import type { seedDatabaseSettings } from '@tidb-cdc/jobs/seed-database';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { bootstrapServers, clusterCaSecret, kafkaUsers, passwordKey } from '../kafka/access.ts';
import { profileTopics } from '../kafka/resources.ts';
import { job, jobFiles, type Step } from '../kubernetes/job.ts';
import type { SettingsOf } from '../kubernetes/pod.ts';
import type { Code } from '../kubernetes/programs.ts';
import { secrets } from '../kubernetes/secrets.ts';
import { appUser, database, systems } from '../pipeline.ts';
import type { Profile } from '../profile.ts';
import { rootPassword, tidbHost } from '../tidb/resources.ts';
import { changefeed } from './changefeed.ts';
import { sinkCertificate, ticdcUrl } from './resources.ts';

/** One of the demo's own files. */
function databaseFile(name: string): string {
  return readFileSync(new URL(`../../../database/${name}`, import.meta.url), 'utf8');
}

/**
 * The tables, the changefeed, the demo's rows, in this order: a changefeed never sees the rows that were there before
 * it. One Job, because nothing else puts programs in order; each waits in its own process for what it works on.
 */
export class ChangefeedChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, code: Code) {
    super(scope, id);
    const { namespace, seed } = profile;
    const definition = changefeedDefinition(profile);
    job(this, {
      namespace,
      name: 'start-changefeed',
      code,
      files: {
        'changefeed.json': `${JSON.stringify(definition, null, 2)}\n`,
        'schema.sql': databaseFile('schema.sql'),
        ...(seed ? { 'seed.sql': databaseFile('seed.sql') } : {}),
      },
      steps: [migrateDatabase, createChangefeed(profile), ...(seed ? [seedDatabase] : [])],
    });
  }
}

function changefeedDefinition(profile: Profile) {
  const { authentication } = profile.kafka;
  const [topic] = profileTopics(profile);
  return changefeed({
    brokers: bootstrapServers(authentication),
    topic,
    ...(authentication === 'scram' ? { saslMechanism: 'scram-sha-512', caFile: sinkCertificate(clusterCaSecret) } : {}),
  });
}

const application = {
  DATABASE_HOST: tidbHost,
  DATABASE_PORT: String(systems.tidb.sql),
  DATABASE_NAME: database,
  DATABASE_APP_USER: appUser,
  DATABASE_APP_PASSWORD: { secret: secrets.application, key: 'password' },
} satisfies SettingsOf<typeof seedDatabaseSettings>;

const migrateDatabase: Step = {
  program: 'migrate-database',
  environment: {
    ...application,
    DATABASE_ADMIN_USER: 'root',
    DATABASE_ADMIN_PASSWORD: rootPassword,
    SCHEMA_FILE: `${jobFiles}/schema.sql`,
  } satisfies SettingsOf<typeof migrateDatabaseSettings>,
};

const seedDatabase: Step = {
  program: 'seed-database',
  environment: { ...application, SEED_FILE: `${jobFiles}/seed.sql` } satisfies SettingsOf<typeof seedDatabaseSettings>,
};

function createChangefeed({ kafka }: Profile): Step {
  return {
    program: 'create-changefeed',
    environment: {
      TICDC_URL: ticdcUrl,
      CHANGEFEED_FILE: `${jobFiles}/changefeed.json`,
      // What a new profile says is brought to the changefeed that runs.
      CHANGEFEED_UPDATE: 'true',
      ...(kafka.authentication === 'scram'
        ? {
            KAFKA_USERNAME: kafkaUsers.ticdc,
            KAFKA_PASSWORD: { secret: kafkaUsers.ticdc, key: passwordKey },
          }
        : {}),
    } satisfies SettingsOf<typeof createChangefeedSettings>,
  };
}
