import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  type DataSourcesOptions,
  grafanaDashboardProvider,
  grafanaDataSources,
} from '@tidb-cdc/charts/monitoring/grafana';
import { defined } from '@tidb-cdc/runtime/defined';
import { fetchText } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { type ServerOptions, type ServerProcess, startServer } from '../server-process.ts';
import type { GrafanaBuild } from './grafana-build.ts';

export interface GrafanaOptions {
  readonly build: GrafanaBuild;
  /** Folder for its files. */
  readonly folder: string;
  /** One provisioning file each. */
  readonly dataSources: readonly DataSourcesOptions[];
  /** Environment beside what Grafana itself needs. @default none */
  readonly env?: Readonly<Record<string, string>>;
  readonly dashboards: readonly Dashboard[];
}

/** A field of a frame in the response of `/api/ds/query`, with its values. */
export interface FrameField {
  /** As in the panel's legend. */
  readonly name: string;
  readonly values: readonly unknown[];
}

/** The answer to one query: the fields of all its frames, without times. */
export interface QueryAnswer {
  readonly status: number;
  readonly error?: string;
  readonly fields: readonly FrameField[];
}

const password = 'for-this-test-alone';

/**
 * Starts Grafana again after a race in an empty database: two of its services may create the first organisation at the
 * same time, and the second one ends the process. The next start finds the organisation.
 */
function startAgain(server: ServerOptions, error: unknown): Promise<ServerProcess> {
  if (!String(error).includes('failed to create default organization')) throw error;
  return startServer(server);
}

/** A Grafana provisioned as on every target, and its API. */
export class Grafana {
  readonly #url: string;
  readonly #server: ServerProcess;

  private constructor(url: string, server: ServerProcess) {
    this.#url = url;
    this.#server = server;
  }

  /** Starts Grafana and waits until it responds. It reads its provisioning before that. */
  static async start({ build, folder, dataSources, dashboards, env = {} }: GrafanaOptions): Promise<Grafana> {
    const provisioning = join(folder, 'provisioning');
    const dashboardFolder = join(folder, 'dashboards');
    for (const name of ['datasources', 'dashboards', 'plugins', 'notifiers', 'alerting']) {
      mkdirSync(join(provisioning, name), { recursive: true });
    }
    mkdirSync(dashboardFolder);
    // JSON is valid YAML, and Grafana checks the file extension.
    for (const [index, options] of dataSources.entries()) {
      write(join(provisioning, 'datasources', `data-sources-${index}.yml`), grafanaDataSources(options));
    }
    write(join(provisioning, 'dashboards', 'provider.yml'), grafanaDashboardProvider(dashboardFolder));
    for (const dashboard of dashboards) write(join(dashboardFolder, `${dashboard.uid}.json`), dashboard);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server: ServerOptions = {
      name: 'Grafana',
      command: [build.program, 'server', '--homepath', build.home],
      env: { ...environment(folder, provisioning, port), ...env },
      logFile: join(folder, 'grafana.log'),
      isReady: async () => void (await fetchText(`${url}/api/health`)),
    };
    return new Grafana(url, await startServer(server).catch((error) => startAgain(server, error)));
  }

  /**
   * Body of a GET of its API.
   * @throws Error when the status is not 2xx
   */
  async get(path: string): Promise<unknown> {
    return JSON.parse(await fetchText(`${this.#url}${path}`, { headers: headers() }));
  }

  /** Runs queries as a panel does, between two times in seconds since the epoch. Returns refId → answer. */
  async query(queries: readonly object[], from: number, to: number): Promise<ReadonlyMap<string, QueryAnswer>> {
    const text = await fetchText(`${this.#url}/api/ds/query`, {
      method: 'POST',
      headers: headers(),
      body: JSON.stringify({
        queries: queries.map((query) => ({ ...query, intervalMs: 5_000, maxDataPoints: 1_000 })),
        from: String(Math.round(from * 1000)),
        to: String(Math.round(to * 1000)),
      }),
    });
    const { results } = JSON.parse(text) as { results: Record<string, Result> };
    return new Map(Object.entries(results).map(([refId, result]) => [refId, toAnswer(result)]));
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

interface Result {
  readonly status: number;
  readonly error?: string;
  readonly frames?: readonly {
    schema: { fields: { name: string; type: string; config?: { displayNameFromDS?: string } }[] };
    data: { values: unknown[][] };
  }[];
}

function toAnswer({ status, error, frames = [] }: Result): QueryAnswer {
  const fields = frames.flatMap(({ schema, data }) =>
    schema.fields
      .map(({ name, type, config }, index) => ({
        type,
        name: config?.displayNameFromDS ?? name,
        values: data.values[index] ?? [],
      }))
      .filter(({ type }) => type !== 'time')
      .map(({ name, values }) => ({ name, values })),
  );
  return { status, fields, ...defined({ error }) };
}

function environment(folder: string, provisioning: string, port: number): Readonly<Record<string, string>> {
  return {
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_PATHS_DATA: join(folder, 'data'),
    GF_PATHS_LOGS: join(folder, 'logs'),
    GF_PATHS_PLUGINS: join(folder, 'plugins'),
    GF_PATHS_PROVISIONING: provisioning,
    GF_SECURITY_ADMIN_PASSWORD: password,
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  };
}

function headers(): Readonly<Record<string, string>> {
  const login = Buffer.from(`admin:${password}`).toString('base64');
  return { authorization: `Basic ${login}`, 'content-type': 'application/json' };
}

function write(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content));
}
