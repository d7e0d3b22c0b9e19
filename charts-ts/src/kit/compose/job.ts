import type { JobName } from '../../pipeline.ts';
import { renderJson } from '../json.ts';
import type { ComposeService, ConfigFile, EnvironmentValue } from './service.ts';

/** What differs between the jobs. */
export interface JobOptions
  extends Pick<ComposeService, 'files' | 'hostFiles' | 'afterHealthy' | 'afterDone' | 'profile'> {
  /** Its settings, except how long it waits. */
  readonly environment: Readonly<Record<string, EnvironmentValue>>;
}

/** A program that runs once (`generate-workload`: until stopped). Services that wait for it wait for its success. */
export type JobService = ComposeService<JobName> & { readonly health?: never };

/** How long a job waits for the systems it works on, in seconds: a first start on a laptop takes minutes. */
const waitSeconds = 300;

/** The job that waits for no other job: its service builds the image of all jobs. */
const imageBuilder: JobName = 'create-topic';

/** The service of a program in `jobs/`. */
export function jobService(name: JobName, { environment, afterDone = [], ...options }: JobOptions): JobService {
  const own = name === imageBuilder;
  return {
    image: own ? { build: 'jobs' } : { build: 'jobs', builtBy: imageBuilder },
    command: ['node', `/app/jobs/build/${name}.mjs`],
    environment: { ...environment, WAIT_TIMEOUT_SECONDS: String(waitSeconds) },
    ...options,
    afterDone: own ? afterDone : [...new Set([imageBuilder, ...afterDone])],
    // A job holds little in memory: a connection and a file of a few kilobytes.
    memoryMiB: 96,
    user: '1000:1000',
  };
}

/** The path in the container of a job's file. */
export function jobFilePath(name: string): string {
  return `/etc/tidb-cdc/${name}.json`;
}

/** A file that a job reads, as JSON. */
export function jobFile(name: string, content: unknown): ConfigFile {
  return { name: `jobs/${name}.json`, target: jobFilePath(name), content: renderJson(content) };
}
