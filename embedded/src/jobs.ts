import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexTemplates } from '@tidb-cdc/charts/elastic/index-template';
import { topics } from '@tidb-cdc/charts/kafka/topics';
import { appUser, database, type JobName } from '@tidb-cdc/charts/pipeline';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { runTool } from './fetch/run-tool.ts';
import { cdcUser } from './parts/canal.ts';
import { host, type PartContext } from './parts/part.ts';
import { isolatedCommand } from './processes/isolation.ts';
import { appendLine } from './processes/log-file.ts';

/** The jobs of an embedded system. It needs no create-changefeed: Canal captures as soon as it starts. */
export type EmbeddedJob = Extract<
  JobName,
  'migrate-database' | 'create-topic' | 'install-index-template' | 'seed-database'
>;

/** Two attempts, as for a part's first start: a server that has just come up may still refuse requests. */
const attempts = 2;

/**
 * Runs one job and writes its output to the job's log. Jobs can be repeated, so a failed one is tried once more.
 * @throws Error with the job's last lines when it fails again
 */
export async function runJob(job: EmbeddedJob, context: PartContext, signal: AbortSignal): Promise<void> {
  const logFile = context.paths.log(job);
  const env = settingsOf(job, context);
  const program = [process.execPath, '--import', 'tsx', repositoryFile('jobs', 'src', `${job}.ts`)];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runTool({
        command: isolatedCommand(program, context.isolation, true) as [string, ...string[]],
        cwd: repositoryFile(),
        env,
        onLine: (line) => appendLine(logFile, line),
        signal,
      });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === attempts) throw failure(job, logFile, error as Error);
      appendLine(logFile, `${job} failed: running it once more`);
    }
  }
}

function failure(job: EmbeddedJob, logFile: string, cause: Error): Error {
  return new Error(`the job ${job} failed. The last lines of its log, ${logFile}:\n${cause.message}`, { cause });
}

function settingsOf(job: EmbeddedJob, { paths, ports, secrets }: PartContext): Readonly<Record<string, string>> {
  const databaseSettings = {
    DATABASE_HOST: host,
    DATABASE_PORT: String(ports.sql),
    DATABASE_NAME: database,
    DATABASE_APP_USER: appUser,
    DATABASE_APP_PASSWORD: secrets.appPassword,
  };
  switch (job) {
    case 'migrate-database':
      return { ...databaseSettings, DATABASE_CDC_USER: cdcUser, DATABASE_CDC_PASSWORD: secrets.cdcPassword };
    case 'seed-database':
      return databaseSettings;
    case 'create-topic':
      return {
        KAFKA_BROKERS: `${host}:${ports.kafka}`,
        TOPICS_FILE: writeJson(join(paths.jobs, 'topics.json'), topics()),
      };
    case 'install-index-template':
      return {
        ELASTICSEARCH_URL: `http://${host}:${ports.elasticsearch}`,
        INDEX_TEMPLATE_FILE: writeJson(join(paths.jobs, 'index-templates.json'), indexTemplates()),
      };
  }
}

function writeJson(file: string, value: unknown): string {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  return file;
}
