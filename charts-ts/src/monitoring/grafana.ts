import { defined } from '@tidb-cdc/runtime/defined';
import { eventsAlias } from '../pipeline.ts';

/** Uids by which dashboards refer to the data sources, whatever their names. */
export const dataSourceUids = { prometheus: 'prometheus', elasticsearch: 'elasticsearch' } as const;

/** The same for a Grafana that others use too: kube-prometheus-stack has a data source with the uid `prometheus`. */
export const sharedDataSourceUids = { prometheus: 'cdc-prometheus', elasticsearch: 'cdc-elasticsearch' } as const;

/**
 * Environment of a Grafana without outbound calls. Since Grafana 13, the Elasticsearch data source is a separate plugin
 * in the image. At each start, Grafana would stop it and replace it with a newer one. A read-only file system prevents
 * the replacement, so the data source would be gone (grafana/grafana issue 132528). Without preinstallation it stays.
 */
export const grafanaWithoutOutboundCalls = {
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
} as const;

export interface DataSourcesOptions {
  /** URL of Prometheus as seen from Grafana. */
  readonly prometheusUrl: string;
  /** Time between two scrapes, in seconds: no panel uses finer steps. @default 5 */
  readonly scrapeIntervalSeconds?: number;
  /** URL of Elasticsearch as seen from Grafana. */
  readonly elasticsearchUrl: string;
  /** Login to Elasticsearch. @default no login */
  readonly elasticsearchUser?: {
    readonly username: string;
    /** Where Grafana finds the password: `$__env{NAME}` or `$__file{/path}`. A literal password is refused. */
    readonly password: string;
    /** Where Grafana finds the certificate authority's certificate, such as `$__file{/path}`. */
    readonly ca?: string;
  };
  /** @default those of a Grafana that only we use */
  readonly uids?: typeof dataSourceUids | typeof sharedDataSourceUids;
}

/**
 * Grafana's provisioning file for data sources, as plain data; the caller writes it as YAML.
 * @throws Error if password or certificate are given literally instead of a reference to them
 */
export function grafanaDataSources(options: DataSourcesOptions): Readonly<Record<string, unknown>> {
  const {
    prometheusUrl,
    scrapeIntervalSeconds = 5,
    elasticsearchUrl,
    elasticsearchUser,
    uids = dataSourceUids,
  } = options;
  const isShared = uids === sharedDataSourceUids;
  return {
    apiVersion: 1,
    datasources: [
      {
        name: isShared ? 'CDC Prometheus' : 'Prometheus',
        type: 'prometheus',
        uid: uids.prometheus,
        access: 'proxy',
        url: prometheusUrl,
        // Grafana refuses a second default data source.
        isDefault: !isShared,
        editable: false,
        jsonData: { httpMethod: 'POST', timeInterval: `${scrapeIntervalSeconds}s`, manageAlerts: true },
      },
      {
        name: isShared ? 'CDC Elasticsearch' : 'Elasticsearch',
        type: 'elasticsearch',
        uid: uids.elasticsearch,
        access: 'proxy',
        url: elasticsearchUrl,
        editable: false,
        ...credentials(elasticsearchUser),
      },
    ],
  };
}

function credentials(user: DataSourcesOptions['elasticsearchUser']): Readonly<Record<string, unknown>> {
  const jsonData = { index: eventsAlias, timeField: '@timestamp', maxConcurrentShardRequests: 5 };
  if (user === undefined) return { jsonData };
  const { username, password, ca } = user;
  const secrets = defined({ basicAuthPassword: password, tlsCACert: ca });
  for (const [name, place] of Object.entries(secrets)) {
    if (!/^\$__(env|file)\{[^}]+\}$/.test(place)) {
      throw new Error(`'${name}' must be $__env{NAME} or $__file{/path}, so that no secret is in a generated file`);
    }
  }
  return {
    basicAuth: true,
    basicAuthUser: username,
    jsonData: { ...jsonData, ...defined({ tlsAuthWithCACert: ca && true }) },
    secureJsonData: secrets,
  };
}

/** Grafana's provisioning file for dashboards, which cannot be edited in Grafana. @param folder as seen by Grafana */
export function grafanaDashboardProvider(folder: string): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 1,
    providers: [
      {
        name: 'tidb-cdc',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: folder },
      },
    ],
  };
}
