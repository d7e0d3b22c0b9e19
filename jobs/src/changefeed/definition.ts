import { SettingsError } from '@tidb-cdc/runtime/environment';
import type { Login } from '@tidb-cdc/runtime/login';
import { z } from 'zod';

const sinkUriRule = 'must be kafka://host:port[,host:port…]/topic?protocol=…';

/**
 * The content of CHANGEFEED_FILE, as `POST /api/v2/changefeeds` takes it. Strict, because TiCDC drops what it does not
 * know without a word: `config` in the place of `replica_config` would make a changefeed of defaults.
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

/** Puts filter rules into the definition; none leave those of the file. */
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
  /** Where TiCDC's own hosts have the certificate authority. @default theirs */
  readonly caFile?: string;
}

/** Puts this in the place of what the sink URI says of Kafka; what is left out stays as it is there. */
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
 * Puts the login into the sink URI: a password never stands in a file.
 *
 * @throws SettingsError where a login is given and the URI names no mechanism, or the other way round
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

/** The query parameters of a sink URI. `URL` reads none with several brokers in it. */
export function sinkParameters(sinkUri: string): URLSearchParams {
  const start = sinkUri.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : sinkUri.slice(start + 1));
}
