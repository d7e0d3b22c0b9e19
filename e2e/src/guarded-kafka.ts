import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderProperties, serverProperties } from '@tidb-cdc/charts/kafka/server-properties';
import { kafkaCommand } from '@tidb-cdc/embedded/parts/kafka';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { requireJdk } from '@tidb-cdc/embedded/preflight/java';
import { readVersions } from '@tidb-cdc/embedded/versions';
import { freePort } from '@tidb-cdc/runtime/ports';
import { execa } from 'execa';
import { createCertificate } from './certificate.ts';
import { brokersOf } from './clients/kafka.ts';
import { startServer } from './server-process.ts';

/** The password of every user. */
export const guardedKafkaPassword = 'only-for-this-test';

/** Kafka with TLS, logins and access control lists, as others run it. */
export interface GuardedKafka {
  /** Where clients enter: with TLS and the login of a user, by any mechanism. */
  readonly brokers: string;
  /** Where the test enters, which may do everything. */
  readonly internal: string;
  /** PEM file with the certificate authority. */
  readonly caFile: string;
  stop(): Promise<void>;
}

/** Starts one broker in an empty folder. A user may do nothing until an access control list lets it. */
export async function startGuardedKafka(folder: string, users: readonly string[]): Promise<GuardedKafka> {
  const [brokers, internal, controller] = [await address(), await address(), await address()];
  const { bothFile, certificateFile: caFile } = createCertificate(folder, 'IP:127.0.0.1');
  const config = join(folder, 'server.properties');
  const open = serverProperties({ advertised: internal, listen: internal, controller, dataDir: join(folder, 'data') });
  writeFileSync(config, renderProperties({ ...open, ...guard({ brokers, internal, controller }, bothFile, users) }));
  const { home: javaHome } = await requireJdk();
  const context = { javaHome, cacheDir: defaultCacheDir(), versions: readVersions() };
  const command = (mainClass: string, args: readonly string[]) =>
    kafkaCommand(context, { heapMegabytes: 256, mainClass, args });
  const [program, ...args] = command('kafka.tools.StorageTool', formatArguments(config, users));
  await execa(program, args);
  const server = await startServer({
    name: 'Kafka with logins',
    command: command('kafka.Kafka', [config]),
    logFile: join(folder, 'log'),
    isReady: async () => {
      await brokersOf(internal);
    },
  });
  return { brokers, internal, caFile, stop: () => server.kill() };
}

async function address(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}

function formatArguments(config: string, users: readonly string[]): readonly string[] {
  const id = randomBytes(16).toString('hex').slice(0, 22);
  const logins = users.flatMap((name) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${guardedKafkaPassword}]`,
    ]),
  );
  return ['format', '--standalone', `--cluster-id=${id}`, '--config', config, ...logins];
}

interface Addresses {
  readonly brokers: string;
  readonly internal: string;
  readonly controller: string;
}

function guard({ brokers, internal, controller }: Addresses, keyFile: string, users: readonly string[]) {
  const listeners = `PLAINTEXT://${internal},CLIENTS://${brokers},CONTROLLER://${controller}`;
  const security = 'org.apache.kafka.common.security';
  const logins = users.map((name) => `user_${name}="${guardedKafkaPassword}"`).join(' ');
  return {
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CLIENTS:SASL_SSL',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.clients.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required ${logins};`,
    'listener.name.clients.scram-sha-256.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyFile,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  };
}
