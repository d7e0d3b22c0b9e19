import { readdirSync, readFileSync } from 'node:fs';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { credentialAnnotations } from '../../kafka/facts.ts';
import type { ProgramCode } from '../../kit/kubernetes/code.ts';
import { programJob } from '../../kit/kubernetes/job.ts';
import type { Profile } from '../../profile/fields.ts';
import { createChangefeed, profileChangefeed } from '../../ticdc/kubernetes.ts';
import { migrateDatabase, seedDatabase } from '../../tidb/kubernetes.ts';

/** Name of the Job, by which the systems that it works on let it in. */
export const startChangefeedJob = 'start-changefeed';

const database = new URL('../../../../database/', import.meta.url);

/** One of the demo's own files. */
function databaseFile(path: string): string {
  return readFileSync(new URL(path, database), 'utf8');
}

function migrations(): Readonly<Record<string, string>> {
  const names = readdirSync(new URL('migrations', database)).sort();
  return Object.fromEntries(names.map((name) => [name, databaseFile(`migrations/${name}`)]));
}

/**
 * The demo's tables, the changefeed, the demo's rows, in this order: a changefeed never sees the rows that were there before
 * it. One Job, because nothing else puts programs in order; each waits in its own process for what it works on.
 */
export class ChangefeedChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, code: ProgramCode) {
    super(scope, id);
    const { namespace, demo } = profile;
    programJob(this, {
      namespace,
      name: startChangefeedJob,
      code,
      annotations: credentialAnnotations(profile.kafka),
      files: {
        'changefeed.json': `${JSON.stringify(profileChangefeed(profile), null, 2)}\n`,
        ...(demo ? { ...migrations(), 'seed.sql': databaseFile('seed.sql') } : {}),
      },
      steps: demo ? [migrateDatabase, createChangefeed(profile), seedDatabase] : [createChangefeed(profile)],
    });
  }
}
