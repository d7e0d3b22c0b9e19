import { readdirSync, readFileSync } from 'node:fs';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { credentialAnnotations, kafkaAccess } from '../../kafka/facts.ts';
import { renderJson } from '../../kit/json.ts';
import type { ProgramCode } from '../../kit/kubernetes/code.ts';
import { programJob } from '../../kit/kubernetes/job.ts';
import type { Profile } from '../../profile/fields.ts';
import { createsChangefeed } from '../../profile/tidb.ts';
import { ticdcAccess } from '../../ticdc/facts.ts';
import { changefeedSecretFolders, createChangefeed, profileChangefeed } from '../../ticdc/kubernetes.ts';
import { migrateDatabase, seedDatabase } from '../../tidb/kubernetes.ts';

/** Name of the Job; network policies let its pods in by this name. */
export const startChangefeedJob = 'start-changefeed';

const database = new URL('../../../../database/', import.meta.url);

/** Content of one of the demo's files. */
function databaseFile(path: string): string {
  return readFileSync(new URL(path, database), 'utf8');
}

function migrations(): Readonly<Record<string, string>> {
  const names = readdirSync(new URL('migrations', database)).sort();
  return Object.fromEntries(names.map((name) => [name, databaseFile(`migrations/${name}`)]));
}

/** Whether the Job has anything to do. */
export function hasChangefeedJob({ tidb, demo }: Profile): boolean {
  return demo || createsChangefeed(tidb);
}

/**
 * The demo's tables, the changefeed, the demo's rows, in this order: a changefeed never sees rows that existed before
 * it. It is one Job, because nothing else runs programs in order; each program waits for the systems it works on.
 */
export class ChangefeedChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, code: ProgramCode) {
    super(scope, id);
    const { namespace, demo, capture = [] } = profile;
    const ticdc = ticdcAccess(profile);
    const changefeed = ticdc === undefined ? [] : [createChangefeed(profile, ticdc)];
    const [first, ...others] = demo ? [migrateDatabase(profile), ...changefeed, seedDatabase(profile)] : changefeed;
    if (first === undefined) throw new Error('there is neither a changefeed to create nor a demo');
    programJob(this, {
      namespace,
      name: startChangefeedJob,
      code,
      annotations: credentialAnnotations(kafkaAccess(profile)),
      files: {
        ...(ticdc === undefined ? {} : { 'changefeed.json': renderJson(profileChangefeed(profile, capture)) }),
        ...(demo ? { ...migrations(), 'seed.sql': databaseFile('seed.sql') } : {}),
      },
      secretFolders: ticdc === undefined ? {} : changefeedSecretFolders(ticdc),
      steps: [first, ...others],
    });
  }
}
