import { defined } from '@tidb-cdc/runtime/defined';
import { eventsAlias } from '../pipeline.ts';

/** Uids by which dashboards know the data sources, whatever they are called. */
export const dataSourceUids = { prometheus: 'prometheus', elasticsearch: 'elasticsearch' } as const;

/** The same in a Grafana that others use too: kube-prometheus-stack has a data source with the uid `prometheus`. */
export const sharedDataSourceUids = { prometheus: 'cdc-prometheus', elasticsearch: 'cdc-elasticsearch' } as const;

/**
 * Environment of Grafana without outbound calls. From 13 on the Elasticsearch data source is a plugin beside
 * the program in the image; at each start Grafana would end it to put a newer one in its place, which a read-only file
 * system refuses: the data source would be gone (grafana/grafana issue 132528). Without preinstallation it stays.
 */
export const grafanaWithoutOutboundCalls = {
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
} as const;

export interface DataSourcesOptions {
  /** URL of Prometheus, as Grafana reaches it. */
  readonly prometheusUrl: string;
  /** Time between two scrapes, in seconds: no panel asks for finer steps. @default 5 */
  readonly scrapeIntervalSeconds?: number;
  /** URL of Elasticsearch, as Grafana reaches it. */
  readonly elasticsearchUrl: string;
  /** How Elasticsearch is asked, where it wants to know by whom. @default without credentials */
  readonly elasticsearchUser?: {
    readonly username: string;
    /** Where Grafana finds the password: `$__env{NAME}` or `$__file{/path}`. A password itself is refused. */
    readonly password: string;
    /** Where Grafana finds the certificate authority's certificate: `$__file{/path}`. */
    readonly ca?: string;
  };
  /** @default those of a Grafana that is ours alone */
  readonly uids?: typeof dataSourceUids | typeof sharedDataSourceUids;
}

/**
 * Grafana's provisioning file of data sources, as plain data; the caller writes it as YAML.
 * @throws Error where the password or the certificate is given instead of the place that holds it
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
        // Grafana refuses a second one.
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

/** Grafana's provisioning file of dashboards: those in a folder, as Grafana sees its path. They are changed here only. */
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
