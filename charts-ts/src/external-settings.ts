import { appUser, systems } from './pipeline.ts';

/**
 * Which systems the compose target can leave out because the user runs them already, and the settings in `.env` with
 * which the rest reaches them.
 */

/** Systems that may run elsewhere: `database` is TiDB with TiCDC, `monitoring` Prometheus, Alertmanager and Grafana. */
export const externalSystems = ['database', 'kafka', 'elasticsearch', 'monitoring'] as const;

export type ExternalSystem = (typeof externalSystems)[number];

/** The systems that run elsewhere. */
export type External = ReadonlySet<ExternalSystem>;

/** What a value must be: as text for people, and as patterns for a shell's `case`. */
export const settingRules = {
  brokers: { text: 'host:port, several separated by commas', patterns: ['?*:[0-9]*'] },
  // Filebeat uses 9200 for an address without a port, whatever the scheme.
  url: { text: 'http://host:port or https://host:port', patterns: ['http://?*:[0-9]*', 'https://?*:[0-9]*'] },
  flag: { text: 'true or false', patterns: ['true', 'false'] },
  mechanism: {
    text: 'plain, scram-sha-256 or scram-sha-512',
    patterns: ['plain', 'scram-sha-256', 'scram-sha-512'],
  },
  file: { text: 'an absolute path', patterns: ['/*'] },
  text: undefined,
} as const;

/** A setting in `.env`. One without a default must be set, unless it is optional. */
interface ExternalSetting {
  /** What it is, for people. */
  readonly what: string;
  readonly rule: keyof typeof settingRules;
  readonly default?: string;
  readonly optional?: true;
  /** The setting is not needed if this flag is false. */
  readonly unlessFalse?: 'EXTERNAL_TICDC_CHANGEFEED';
}

const database = {
  EXTERNAL_TICDC_CHANGEFEED: {
    what: 'whether the changefeed cdc-events is created: true, or false if a changefeed of yours writes to the topic',
    rule: 'flag',
    default: 'true',
  },
  EXTERNAL_TICDC_URL: { what: "TiCDC's API", rule: 'url', unlessFalse: 'EXTERNAL_TICDC_CHANGEFEED' },
  EXTERNAL_TICDC_CA_FILE: {
    what: 'its certificate authority, a PEM file on this machine, unless it is a public one',
    rule: 'file',
    optional: true,
  },
  EXTERNAL_TICDC_CAPTURE: {
    what: "which tables are captured, as rules of TiCDC's table filter, separated by commas: billing.*,!billing.tmp_*",
    rule: 'text',
    unlessFalse: 'EXTERNAL_TICDC_CHANGEFEED',
  },
  EXTERNAL_TICDC_USERNAME: { what: 'user of TiDB, if TiCDC asks for a login', rule: 'text', optional: true },
  EXTERNAL_TICDC_PASSWORD: { what: 'password of that user', rule: 'text', optional: true },
} as const satisfies Readonly<Record<string, ExternalSetting>>;

/** For the demo's tables, which are created only with the profile `demo`. */
const demo = {
  EXTERNAL_DATABASE_HOST: { what: "host of TiDB, for the demo's tables and verify", rule: 'text', optional: true },
  EXTERNAL_DATABASE_PORT: { what: 'its port for SQL', rule: 'text', default: String(systems.tidb.sql) },
  EXTERNAL_DATABASE_ADMIN_USERNAME: {
    what: "user who creates the demo's tables and its user",
    rule: 'text',
    default: 'root',
  },
  EXTERNAL_DATABASE_ADMIN_PASSWORD: { what: 'password of that user', rule: 'text', optional: true },
  EXTERNAL_DATABASE_APP_PASSWORD: {
    what: `password that the demo's user ${appUser} gets`,
    rule: 'text',
    optional: true,
  },
} as const satisfies Readonly<Record<string, ExternalSetting>>;

/** Kafka as seen from TiCDC's hosts: only if both run elsewhere. */
const databaseToKafka = {
  EXTERNAL_TICDC_KAFKA_BROKERS: {
    what: "Kafka's brokers as TiCDC's hosts reach them, if they have other addresses there",
    rule: 'brokers',
    optional: true,
  },
  EXTERNAL_TICDC_KAFKA_CA_FILE: {
    what: "certificate authority of Kafka, a PEM file on TiCDC's hosts, unless it is a public one",
    rule: 'file',
    optional: true,
  },
} as const satisfies Readonly<Record<string, ExternalSetting>>;

const kafka = {
  EXTERNAL_KAFKA_BROKERS: { what: "Kafka's brokers, host:port, several separated by commas", rule: 'brokers' },
  EXTERNAL_KAFKA_TLS: { what: 'whether connections to them are encrypted, true or false', rule: 'flag' },
  EXTERNAL_KAFKA_CA_FILE: {
    what: 'their certificate authority, a PEM file on this machine, unless it is a public one',
    rule: 'file',
    optional: true,
  },
  EXTERNAL_KAFKA_USERNAME: { what: 'user, if they ask for a login', rule: 'text', optional: true },
  EXTERNAL_KAFKA_PASSWORD: { what: 'password of that user', rule: 'text', optional: true },
  EXTERNAL_KAFKA_SASL_MECHANISM: {
    what: 'how the login is sent: plain, scram-sha-256 or scram-sha-512',
    rule: 'mechanism',
    default: 'plain',
  },
  EXTERNAL_KAFKA_TOPIC: { what: 'topic of the changes', rule: 'text', default: 'cdc-events' },
  EXTERNAL_KAFKA_DEAD_LETTER_TOPIC: {
    what: 'topic of messages that cannot be decoded',
    rule: 'text',
    default: 'cdc-events.dead-letter',
  },
  EXTERNAL_KAFKA_GROUP_ID: { what: 'consumer group', rule: 'text', default: 'cdc-consumer' },
} as const satisfies Readonly<Record<string, ExternalSetting>>;

const login = <U extends string>(user: U, what: string) =>
  ({
    [`EXTERNAL_ELASTICSEARCH_${user}_USERNAME`]: { what, rule: 'text' },
    [`EXTERNAL_ELASTICSEARCH_${user}_PASSWORD`]: { what: 'password of that user', rule: 'text' },
  }) as { readonly [P in 'USERNAME' | 'PASSWORD' as `EXTERNAL_ELASTICSEARCH_${U}_${P}`]: ExternalSetting };

const elasticsearch = {
  EXTERNAL_ELASTICSEARCH_URL: { what: "Elasticsearch's address", rule: 'url' },
  EXTERNAL_ELASTICSEARCH_CA_FILE: {
    what: 'its certificate authority, a PEM file on this machine, unless it is a public one',
    rule: 'file',
    optional: true,
  },
  ...login('TEMPLATES', 'user who installs index template and lifecycle'),
  ...login('FILEBEAT', 'user who adds documents'),
  ...login('CONSOLE', 'user of the console, who reads them'),
} as const satisfies Readonly<Record<string, ExternalSetting>>;

/** Only if Grafana runs here. */
const grafanaToElasticsearch = login('GRAFANA', 'user of Grafana, who reads documents');

const monitoring = {
  EXTERNAL_PROMETHEUS_URL: { what: "Prometheus's address", rule: 'url' },
} as const satisfies Readonly<Record<string, ExternalSetting>>;

const all = {
  ...database,
  ...demo,
  ...databaseToKafka,
  ...kafka,
  ...elasticsearch,
  ...grafanaToElasticsearch,
  ...monitoring,
};

export type ExternalSettingName = keyof typeof all;

/** Defaults of all settings; those without a default are empty. */
export const externalDefaults: Readonly<Record<ExternalSettingName, string>> = Object.fromEntries(
  Object.entries<ExternalSetting>(all).map(([name, setting]) => [name, setting.default ?? '']),
) as Record<ExternalSettingName, string>;

/** A setting with its name. */
export interface NamedSetting extends ExternalSetting {
  readonly name: ExternalSettingName;
}

/** The settings with which the rest reaches these systems, in reading order. */
export function externalSettings(external: External): readonly NamedSetting[] {
  const groups = [
    external.has('database') ? database : {},
    external.has('database') && external.has('kafka') ? databaseToKafka : {},
    external.has('database') ? demo : {},
    external.has('kafka') ? kafka : {},
    external.has('elasticsearch') ? elasticsearch : {},
    external.has('elasticsearch') && !external.has('monitoring') ? grafanaToElasticsearch : {},
    external.has('monitoring') ? monitoring : {},
  ];
  return groups.flatMap(named);
}

/** The settings without which nothing starts. */
export const requiredSettings: readonly NamedSetting[] = named(all).filter(
  ({ default: value, optional }) => value === undefined && !optional,
);

function named(settings: Readonly<Record<string, ExternalSetting>>): readonly NamedSetting[] {
  return Object.entries(settings).map(([name, setting]) => ({ name: name as ExternalSettingName, ...setting }));
}
