import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertmanagerConfig } from '@tidb-cdc/charts/monitoring/alertmanager';
import { jsonExporterConfig } from '@tidb-cdc/charts/monitoring/json-exporter';
import { keptMetrics } from '@tidb-cdc/charts/monitoring/kept-metrics';
import { prometheusConfig, prometheusFlags } from '@tidb-cdc/charts/monitoring/prometheus';
import { rules } from '@tidb-cdc/charts/monitoring/rules/index';
import {
  type ScrapeAddresses,
  type ScrapeJobName,
  scrapeJobNames,
  scrapeTargets,
} from '@tidb-cdc/charts/monitoring/scrape';
import { programSource } from '@tidb-cdc/embedded/parts/go-program';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { fetchText } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import type { Endpoints } from '@tidb-cdc/runtime/system-state';
import { fetchGoProgram } from '../go-programs.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

/**
 * A JSON exporter, an Alertmanager, and a Prometheus with all rules, watching an embedded system. They are configured
 * as on any target: compose and Kubernetes have them, `npm start` does not.
 */
export interface Observer {
  readonly prometheus: string;
  /** The jobs that it scrapes. */
  readonly jobs: readonly ScrapeJobName[];
  stop(): Promise<void>;
}

export interface ObserverOptions {
  /** Addresses of the system that it watches. */
  readonly endpoints: Endpoints;
  /** Folder for its files. */
  readonly folder: string;
  /** URL that receives the alerts. */
  readonly webhook: string;
  readonly say: (line: string) => void;
}

interface Site {
  readonly folder: string;
  readonly host: string;
  readonly say: (line: string) => void;
}

/** Starts an observer. Returns when it is ready, perhaps before its first scrape. */
export async function startObserver({ endpoints, folder, webhook, say }: ObserverOptions): Promise<Observer> {
  const site = async (): Promise<Site> => ({ folder, host: `127.0.0.1:${await freePort()}`, say });
  const [exporter, alertmanager, prometheus] = [await site(), await site(), await site()];
  const addresses: ScrapeAddresses = {
    consumer: [new URL(endpoints.consumer).host],
    prometheus: [prometheus.host],
    alertmanager: [alertmanager.host],
    'json-exporter': [exporter.host],
    elasticsearch: [endpoints.elasticsearch],
    filebeat: [endpoints.filebeat],
  };
  const started: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started.reverse()) await server.stop();
  };
  try {
    started.push(await startExporter(exporter));
    started.push(await startAlertmanager(alertmanager, webhook));
    started.push(await startPrometheus(prometheus, addresses));
  } catch (error) {
    await stop();
    throw error;
  }
  return { prometheus: `http://${prometheus.host}`, jobs: scrapeJobNames(addresses), stop };
}

async function startExporter({ folder, host, say }: Site): Promise<ServerProcess> {
  const program = await fetchGoProgram('json-exporter', say);
  const config = writeJson(folder, 'json-exporter.json', jsonExporterConfig());
  return startServer({
    name: 'the JSON exporter',
    command: [program, `--config.file=${config}`, `--web.listen-address=${host}`],
    logFile: join(folder, 'json-exporter.log'),
    isReady: () => answers(`http://${host}/metrics`),
  });
}

async function startAlertmanager({ folder, host, say }: Site, webhook: string): Promise<ServerProcess> {
  const program = await fetchGoProgram('alertmanager', say);
  const config = writeJson(folder, 'alertmanager.json', alertmanagerConfig({ webhook }));
  return startServer({
    name: 'Alertmanager',
    command: [
      program,
      `--config.file=${config}`,
      `--storage.path=${subfolder(folder, 'alertmanager')}`,
      `--web.listen-address=${host}`,
      '--cluster.listen-address=',
    ],
    logFile: join(folder, 'alertmanager.log'),
    isReady: () => answers(`http://${host}/-/ready`),
  });
}

async function startPrometheus({ folder, host }: Site, addresses: ScrapeAddresses): Promise<ServerProcess> {
  const program = programSource('prometheus', defaultCacheDir());
  const config = prometheusConfig({
    targets: scrapeTargets(addresses),
    scrapeIntervalSeconds: 1,
    ruleFiles: [writeJson(folder, 'rules.json', rules({ jobs: scrapeJobNames(addresses) }))],
    alertmanagers: addresses.alertmanager ?? [],
    kept: keptMetrics(scrapeJobNames(addresses)),
  });
  return startServer({
    name: 'Prometheus',
    command: [
      program.path,
      `--config.file=${writeJson(folder, 'prometheus.json', config)}`,
      `--storage.tsdb.path=${subfolder(folder, 'prometheus')}`,
      `--web.listen-address=${host}`,
      ...prometheusFlags,
    ],
    logFile: join(folder, 'prometheus.log'),
    isReady: () => answers(`http://${host}/-/ready`),
  });
}

async function answers(url: string): Promise<void> {
  await fetchText(url);
}

function subfolder(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** JSON is valid YAML, so every program here reads it. */
function writeJson(folder: string, name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}
