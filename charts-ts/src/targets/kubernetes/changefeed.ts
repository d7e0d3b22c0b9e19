import { readFileSync } from 'node:fs';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Code } from '../../kit/kubernetes/code.ts';
import { job } from '../../kit/kubernetes/job.ts';
import type { Profile } from '../../profile.ts';
import { createChangefeed, profileChangefeed } from '../../ticdc/kubernetes.ts';
import { migrateDatabase, seedDatabase } from '../../tidb/kubernetes.ts';

/** Name of the Job, by which the systems that it works on let it in. */
export const startChangefeed = 'start-changefeed';

/** One of the demo's own files. */
function databaseFile(name: string): string {
  return readFileSync(new URL(`../../../../database/${name}`, import.meta.url), 'utf8');
}

/**
 * The tables, the changefeed, the demo's rows, in this order: a changefeed never sees the rows that were there before
 * it. One Job, because nothing else puts programs in order; each waits in its own process for what it works on.
 */
export class ChangefeedChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, code: Code) {
    super(scope, id);
    const { namespace, seed } = profile;
    job(this, {
      namespace,
      name: startChangefeed,
      code,
      files: {
        'changefeed.json': `${JSON.stringify(profileChangefeed(profile), null, 2)}\n`,
        'schema.sql': databaseFile('schema.sql'),
        ...(seed ? { 'seed.sql': databaseFile('seed.sql') } : {}),
      },
      steps: [migrateDatabase, createChangefeed(profile), ...(seed ? [seedDatabase] : [])],
    });
  }
}
