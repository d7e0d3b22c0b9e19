import { defined } from '@tidb-cdc/runtime/defined';
export interface AlertmanagerOptions {
  /**
   * URL that gets every notification as a POST (Alertmanager's webhook format), or `file:` and the absolute path of a
   * file that holds the URL, where it is a secret.
   * @default none: alerts are seen in Alertmanager and on the dashboard, and nobody is called
   */
  readonly webhook?: string;
}

/** Name of the only receiver. */
export const alertReceiver = 'local';

/**
 * alertmanager.yml as plain data; the caller writes it as YAML. One receiver for everything: where it leads is the one
 * setting. An alert that only follows from another is held back.
 * @throws Error where the webhook is neither a URL nor `file:` and an absolute path
 */
export function alertmanagerConfig({ webhook }: AlertmanagerOptions = {}): Readonly<Record<string, unknown>> {
  return {
    route: {
      receiver: alertReceiver,
      group_by: ['alertname', 'job'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
    },
    receivers: [{ name: alertReceiver, ...defined({ webhook_configs: webhook && [webhookConfig(webhook)] }) }],
    inhibit_rules: [
      inhibit('ConsumerDown', 'TargetDown', { job: 'consumer' }),
      inhibit('ConsumerStalled', 'ConsumerLagRising', {}, ['topic']),
      inhibit('ChangefeedLagCritical', 'ChangefeedLagHigh', {}, ['changefeed']),
      inhibit('ElasticsearchRed', 'ElasticsearchYellow'),
      inhibit('ElasticsearchDiskCritical', 'ElasticsearchDiskLow', {}, ['name']),
    ],
  };
}

function webhookConfig(webhook: string): Readonly<Record<string, unknown>> {
  if (/^https?:\/\/\S+$/.test(webhook)) return { url: webhook, send_resolved: true };
  if (/^file:\/[^/]\S*$/.test(webhook)) return { url_file: webhook.slice('file:'.length), send_resolved: true };
  throw new Error(`'webhook' (${webhook}) must be an http or https URL, or file: and an absolute path`);
}

/** While `source` fires, `target` is not sent; both agree in the labels `equal`. */
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
