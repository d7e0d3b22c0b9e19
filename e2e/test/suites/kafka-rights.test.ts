import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaClient, kafkaAccess, kafkaLogin, kafkaUsers } from '@tidb-cdc/charts/kafka/facts';
import { parseProfile } from '@tidb-cdc/charts/profile';
import { customResources } from '@tidb-cdc/charts/targets/kubernetes/custom-resources';
import { clientId, DeadLetters } from '@tidb-cdc/console/dead-letters';
import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { type KafkaAccess, kafkaAccessSettings, readKafkaAccess } from '@tidb-cdc/runtime/kafka-access';
import { createLogger } from '@tidb-cdc/runtime/log';
import { consumerGroup, deadLetterTopic, eventsTopic } from '@tidb-cdc/runtime/names';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { canalInsert } from '../../src/canal-message.ts';
import { allow, committedOffsets, createEmptyTopic, type KafkaRight, produce } from '../../src/clients/kafka.ts';
import { profileText } from '../../src/cluster/production-profile.ts';
import { type GuardedKafka, guardedKafkaPassword, startGuardedKafka } from '../../src/guarded-kafka.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { waitForRows } from '../rows.ts';
import { arrival } from '../stage.ts';

/** The production profile, with a console that may send dead letters again. */
const profile = {
  ...parseProfile(profileText('production'), 'production.yaml'),
  console: { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi', write: true },
};
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-kafka-rights-'));
const poison = { value: Buffer.from('{"poison"') };
let kafka: GuardedKafka;
let consumer: OwnConsumer | undefined;

beforeAll(async () => {
  kafka = await startGuardedKafka(folder, Object.values(kafkaUsers));
  for (const { kind, metadata, spec } of customResources(profile)) {
    if (kind !== 'KafkaUser') continue;
    const { authorization } = spec as { authorization: { acls: readonly KafkaRight[] } };
    await allow(kafka.internal, metadata.name, authorization.acls);
  }
  await createEmptyTopic(kafka.internal, eventsTopic, 1);
  await createEmptyTopic(kafka.internal, deadLetterTopic, 1);
});

afterEach(async () => {
  // It leaves its group, for which the next one would otherwise wait.
  await consumer?.stop();
  consumer = undefined;
});

afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the pods of a client are told, with the password and the file that are in their Secrets. */
function settings(client: KafkaClient): Record<string, string> {
  const { KAFKA_PASSWORD: _password, ...told } = kafkaLogin(kafkaAccess(profile), client, folder);
  return { ...(told as Record<string, string>), KAFKA_PASSWORD: guardedKafkaPassword, KAFKA_CA_FILE: kafka.caFile };
}

function access(client: KafkaClient, others: Readonly<Record<string, string>> = {}): KafkaAccess {
  return readKafkaAccess(readEnvironment(z.object(kafkaAccessSettings), { ...settings(client), ...others }));
}

async function startConsumer(env: Readonly<Record<string, string>>): Promise<OwnConsumer> {
  const options = { kafka: kafka.brokers, topic: eventsTopic, groupId: consumerGroup };
  return OwnConsumer.start({ ...options, folder: join(folder, uniqueName('consumer')), env });
}

test('with the rights of the manifests, TiCDC writes, the consumer reads, and a dead letter is sent again', async () => {
  await produce(kafka.brokers, eventsTopic, 0, [{ value: canalInsert('own.rows', 1) }, poison], {
    access: access('ticdc'),
  });
  consumer = await startConsumer(settings('consumer'));
  await waitForRows([consumer], 1);
  await consumer.waitForProbe('/readyz', 200);
  const group = () => committedOffsets(kafka.internal, consumerGroup, eventsTopic);
  await waitFor('both offsets committed', async () => expect((await group()).get(0)).toBe(2), arrival);

  const log = createLogger({ level: 'silent', dataset: 'cdc.e2e' });
  const connection = { brokers: [kafka.brokers], clientId, log, access: access('console') };
  const deadLetters = new DeadLetters({ kafka: connection, deadLetterTopic, topics: [eventsTopic] });
  try {
    const { letters } = await deadLetters.list();
    expect(letters).toHaveLength(1);
    const { offset = '' } = letters[0] ?? {};
    await deadLetters.replay(0, offset);
    // The consumer may have sent it back already, as another one.
    const replayed = (await deadLetters.list()).letters.find((letter) => letter.offset === offset);
    expect(replayed?.replayedAt).toEqual(expect.any(String));
  } finally {
    await deadLetters.close();
  }
});

test('nobody may do what it does not have to', async () => {
  const message = [{ value: canalInsert('own.rows', 9) }];
  const write = (client: KafkaClient, topic: string) =>
    produce(kafka.brokers, topic, 0, message, { access: access(client) });
  await expect(write('consumer', eventsTopic)).rejects.toThrow(/not authorized/i);
  await expect(write('ticdc', deadLetterTopic)).rejects.toThrow(/not authorized/i);
  const wrong = access('ticdc', { KAFKA_PASSWORD: 'wrong' });
  await expect(produce(kafka.brokers, eventsTopic, 0, message, { access: wrong })).rejects.toThrow(/authentication/i);
});

test.each(['plain', 'scram-sha-256'])('a login by %s is taken as well', async (mechanism) => {
  const message = [{ value: canalInsert('own.rows', 2) }];
  const other = access('ticdc', { KAFKA_SASL_MECHANISM: mechanism });
  await produce(kafka.brokers, eventsTopic, 0, message, { access: other });
});

test('brokers with a certificate of an authority that Node.js knows need KAFKA_TLS alone', async () => {
  const { KAFKA_CA_FILE: ca = '', ...others } = settings('consumer');
  consumer = await startConsumer({ ...others, KAFKA_TLS: 'true', NODE_EXTRA_CA_CERTS: ca });
  await consumer.waitForProbe('/readyz', 200);
});
