import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PortName } from '@tidb-cdc/charts/pipeline';
import { isPortFree } from '@tidb-cdc/runtime/ports';
import type { Problem } from '@tidb-cdc/runtime/problem';
import { detectIsolation, type Isolation } from '../processes/isolation.ts';
import type { FetchTool } from './tools.ts';

/** The part that needs each port, as shown to the user. */
const owners: Readonly<Record<PortName, string>> = {
  sql: 'MariaDB',
  kafka: 'Kafka',
  kafkaController: "Kafka's controller",
  elasticsearch: 'Elasticsearch',
  elasticsearchTransport: "Elasticsearch's transport",
  filebeat: "Filebeat's status",
  prometheus: 'Prometheus',
  consumer: 'the consumer',
  console: 'the console',
};

const gigabyte = 1e9;

/** Disk space in bytes. Measured: Go's modules and build cache take 7 GB, Maven's files and the parts 1.5 GB. */
const space: Readonly<Record<FetchTool | 'data', number>> = { go: 8 * gigabyte, maven: 2 * gigabyte, data: gigabyte };

/** The packaged MariaDB runs on Linux x64 only. */
export function checkPlatform(platform: string = process.platform, arch: string = process.arch): Problem[] {
  if (platform === 'linux' && arch === 'x64') return [];
  const remedy = 'use a Linux x64 machine or virtual machine, or docker-compose up, or Kubernetes (see README.md)';
  return [{ what: `this is ${platform} ${arch}: the embedded system runs on linux x64`, remedy }];
}

/** Elasticsearch refuses to run as root, so root must be able to start it as another user. */
export function checkUser(isolation: Isolation = detectIsolation()): Problem[] {
  if (process.getuid?.() !== 0 || isolation.unprivileged) return [];
  const remedy = 'start it as an ordinary user, or install util-linux 2.33 or later and allow it to change users';
  return [{ what: 'Elasticsearch does not run as root, and setpriv cannot start it as another user here', remedy }];
}

/** Reports every port that another process uses. */
export async function checkPorts(ports: Readonly<Record<PortName, number>>): Promise<Problem[]> {
  const checks = Object.entries(ports).map(async ([name, port]) => {
    if (await isPortFree(port)) return [];
    const remedy = `stop the program that uses it (ss -ltnp 'sport = :${port}'), or start with another --port-offset`;
    return [{ what: `port ${port}, for ${owners[name as PortName]}, is in use`, remedy }];
  });
  return (await Promise.all(checks)).flat();
}

/** Checks that there is space for the data and for what the tools will fetch. */
export function checkDisk(dir: string, tools: readonly FetchTool[]): Problem[] {
  const needed = space.data + tools.reduce((sum, tool) => sum + space[tool], 0);
  const { bavail, bsize } = statfsSync(nearest(dir));
  const free = bavail * bsize;
  if (free >= needed) return [];
  const inGigabytes = (bytes: number) => `${(bytes / gigabyte).toFixed(1)} GB`;
  const remedy = 'free some space, or choose folders on another disk with --cache-dir and --state-dir';
  return [{ what: `${dir} has ${inGigabytes(free)} free, but ${inGigabytes(needed)} are needed`, remedy }];
}

function nearest(dir: string): string {
  return existsSync(dir) ? dir : nearest(dirname(dir));
}
