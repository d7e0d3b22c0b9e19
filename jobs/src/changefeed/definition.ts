import { SettingsError } from '@tidb-cdc/runtime/environment';
import type { Login } from '@tidb-cdc/runtime/login';
import { z } from 'zod';

const sinkUriRule = 'must be kafka://host:port[,host:port…]/topic?protocol=…';

/**
 * The content of CHANGEFEED_FILE, which is the body of `POST /api/v2/changefeeds`. Strict, because TiCDC silently drops
 * unknown members: `config` instead of `replica_config` would create a changefeed with defaults.
 */
export const changefeedFile = z.strictObject({
  changefeed_id: z
    .string()
    .regex(/^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/, { error: 'must be letters and digits joined by -' }),
  sink_uri: z.string().regex(/^kafka:\/\/[^/?@]+\/[^/?]+\?./, { error: sinkUriRule }),
  replica_config: z.record(z.string(), z.unknown()),
});
export type ChangefeedDefinition = z.infer<typeof changefeedFile>;

/** A rule of TiCDC's table filter: https://docs.pingcap.com/tidb/stable/table-filter */
export const capturePattern = /^!?[^.,\s]+\.[^.,\s]+$/;
export const captureRule = "must be rules of TiCDC's table filter such as shop.*, billing.invoices or !shop.tmp_*";

/** Replaces the filter rules of the definition; undefined keeps those of the file. */
export function withCapture(
  definition: ChangefeedDefinition,
  capture: readonly string[] | undefined,
): ChangefeedDefinition {
  if (capture === undefined) return definition;
  return { ...definition, replica_config: { ...definition.replica_config, filter: { rules: capture } } };
}

/** Kafka as TiCDC reaches it. */
export interface SinkKafka {
  readonly brokers?: readonly string[];
  readonly topic?: string;
  readonly saslMechanism?: string;
  readonly tls?: boolean;
  /** Path of the certificate authority on TiCDC's own hosts. @default the authorities that those hosts trust */
  readonly caFile?: string;
}

/** Replaces what the sink URI says about Kafka. Members that are left out stay as they are in the URI. */
export function withKafka(definition: ChangefeedDefinition, kafka: SinkKafka): ChangefeedDefinition {
  if (Object.keys(kafka).length === 0) return definition;
  const [, brokers, topic] = /^kafka:\/\/([^/]+)\/([^?]+)/.exec(definition.sink_uri) ?? [];
  const parameters = sinkParameters(definition.sink_uri);
  const { saslMechanism, tls, caFile } = kafka;
  if (saslMechanism !== undefined) parameters.set('sasl-mechanism', saslMechanism);
  if (tls !== undefined) parameters.set('enable-tls', String(tls));
  if (tls && caFile !== undefined) parameters.set('ca', caFile);
  const address = `${kafka.brokers?.join(',') ?? brokers}/${kafka.topic ?? topic}`;
  return { ...definition, sink_uri: `kafka://${address}?${parameters}` };
}

/**
 * Adds the login to the sink URI, so that no file has to contain a password.
 *
 * @throws SettingsError when there is a login but the URI names no mechanism, or the other way round
 */
export function withKafkaLogin(definition: ChangefeedDefinition, login: Login | undefined): ChangefeedDefinition {
  const mechanism = sinkParameters(definition.sink_uri).get('sasl-mechanism');
  if (login === undefined) {
    if (mechanism === null) return definition;
    throw new SettingsError([
      `KAFKA_USERNAME is not set: 'sink_uri' has sasl-mechanism=${mechanism}, which needs KAFKA_USERNAME and KAFKA_PASSWORD`,
    ]);
  }
  if (mechanism === null) {
    throw new SettingsError([`KAFKA_USERNAME=${login.username}: 'sink_uri' must have sasl-mechanism for it`]);
  }
  const added = new URLSearchParams({ 'sasl-user': login.username, 'sasl-password': login.password });
  return { ...definition, sink_uri: `${definition.sink_uri}&${added}` };
}

/** Returns the query parameters of a sink URI. `URL` cannot parse one with several brokers. */
export function sinkParameters(sinkUri: string): URLSearchParams {
  const start = sinkUri.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : sinkUri.slice(start + 1));
}
