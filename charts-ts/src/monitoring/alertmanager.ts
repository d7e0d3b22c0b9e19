import { defined } from '@tidb-cdc/runtime/defined';
export interface AlertmanagerOptions {
  /**
   * URL that gets every notification as a POST (Alertmanager's webhook format); or, if the URL is a secret, `file:` and
   * the absolute path of a file that contains it.
   * @default none: alerts are shown in Alertmanager and on the dashboard, and nobody is notified
   */
  readonly webhook?: string;
  /** @default none */
  readonly slack?: { readonly urlFile: string; readonly channel: string };
  /** @default none */
  readonly email?: EmailOptions;
  /** File with the URL that gets the alert Watchdog, and only that, every minute. @default no heartbeat */
  readonly heartbeatUrlFile?: string;
}

/** How alerts are sent by mail. The server must offer STARTTLS. */
export interface EmailOptions {
  readonly to: string;
  readonly from: string;
  /** `host:port` of the mail server. */
  readonly smarthost: string;
  readonly username: string;
  readonly passwordFile: string;
}

/** Name of the receiver of all alerts except Watchdog. */
export const alertReceiver = 'local';
const heartbeatReceiver = 'heartbeat';

/**
 * alertmanager.yml as plain data; the caller writes it as YAML. One receiver gets everything that people must see, one
 * the heartbeat. An alert that only follows from another one is suppressed.
 * @throws Error if the webhook is neither a URL nor `file:` and an absolute path
 */
export function alertmanagerConfig(options: AlertmanagerOptions = {}): Readonly<Record<string, unknown>> {
  const { heartbeatUrlFile } = options;
  return {
    route: {
      receiver: alertReceiver,
      group_by: ['alertname', 'job'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
      ...(heartbeatUrlFile === undefined ? {} : { routes: [heartbeatRoute] }),
    },
    receivers: [receiver(options), ...(heartbeatUrlFile === undefined ? [] : [heartbeatTo(heartbeatUrlFile)])],
    inhibit_rules: [
      inhibit('ConsumerDown', 'TargetDown', { job: 'consumer' }),
      inhibit('ConsumerStalled', 'ConsumerLagRising', {}, ['topic']),
      inhibit('ChangefeedLagCritical', 'ChangefeedLagHigh', {}, ['changefeed']),
      inhibit('ElasticsearchRed', 'ElasticsearchYellow'),
      inhibit('ElasticsearchDiskCritical', 'ElasticsearchDiskLow', {}, ['name']),
    ],
  };
}

function receiver({ webhook, slack, email }: AlertmanagerOptions): Readonly<Record<string, unknown>> {
  return {
    name: alertReceiver,
    ...defined({
      webhook_configs: webhook && [webhookConfig(webhook)],
      slack_configs: slack && [{ api_url_file: slack.urlFile, channel: slack.channel, send_resolved: true }],
      email_configs: email && [emailConfig(email)],
    }),
  };
}

function emailConfig({ to, from, smarthost, username, passwordFile }: EmailOptions): Readonly<Record<string, unknown>> {
  const login = { auth_username: username, auth_password_file: passwordFile };
  return { to, from, smarthost, ...login, require_tls: true, send_resolved: true };
}

const heartbeatRoute = {
  matchers: ['alertname="Watchdog"'],
  receiver: heartbeatReceiver,
  group_wait: '0s',
  repeat_interval: '1m',
};

function heartbeatTo(urlFile: string): Readonly<Record<string, unknown>> {
  return { name: heartbeatReceiver, webhook_configs: [{ url_file: urlFile, send_resolved: false }] };
}

function webhookConfig(webhook: string): Readonly<Record<string, unknown>> {
  if (/^https?:\/\/\S+$/.test(webhook)) return { url: webhook, send_resolved: true };
  if (/^file:\/[^/]\S*$/.test(webhook)) return { url_file: webhook.slice('file:'.length), send_resolved: true };
  throw new Error(`'webhook' (${webhook}) must be an http or https URL, or file: and an absolute path`);
}

/** While `source` fires, `target` is not sent, if both have the same values of the labels `equal`. */
function inhibit(
  source: string,
  target: string,
  labels: Readonly<Record<string, string>> = {},
  equal: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return {
    source_matchers: [`alertname="${source}"`],
    target_matchers: [`alertname="${target}"`, ...Object.entries(labels).map(([name, value]) => `${name}="${value}"`)],
    ...(equal.length === 0 ? {} : { equal: [...equal] }),
  };
}
