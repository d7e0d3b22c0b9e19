import { setTimeout as delay } from 'node:timers/promises';
import { createAdmin, type KafkaConnection } from '@tidb-cdc/runtime/kafka';
import { messageWithCauses } from '@tidb-cdc/runtime/log';
import type { Health } from './health.ts';

const firstWait = 500;
const longestWait = 5_000;
/** ms between two log lines about the same obstacle. */
const reminder = 30_000;

/**
 * Waits until the broker has the topics, however long that takes; each attempt is a sign of life.
 * @returns the names of all topics, or undefined when `stopping` is aborted first
 */
export async function waitForTopics(
  connection: KafkaConnection,
  topics: readonly string[],
  health: Health,
  stopping: AbortSignal,
): Promise<readonly string[] | undefined> {
  let lastSaid = Number.NEGATIVE_INFINITY;
  let saidLast = '';
  for (let wait = firstWait; !stopping.aborted; wait = Math.min(wait * 2, longestWait)) {
    const { existing, obstacle } = await lookFor(connection, topics, health);
    if (obstacle === undefined) return existing;

    health.absent(`waits: ${obstacle}`);
    if (obstacle !== saidLast || performance.now() - lastSaid >= reminder) {
      connection.log.warn(`waiting: ${obstacle}`);
      lastSaid = performance.now();
      saidLast = obstacle;
    }
    await delay(wait, undefined, { signal: stopping }).catch(() => undefined);
  }
  return undefined;
}

async function lookFor(
  connection: KafkaConnection,
  topics: readonly string[],
  health: Health,
): Promise<{ existing: readonly string[]; obstacle?: string }> {
  const admin = createAdmin(connection, 0);
  health.sign('attempt to reach Kafka');
  try {
    await admin.connect();
    const existing = await admin.listTopics();
    health.answered('list of topics');
    const missing = topics.filter((topic) => !existing.includes(topic));
    if (missing.length === 0) return { existing };
    return { existing, obstacle: `KAFKA_TOPICS: no such topic yet: ${missing.join(', ')}` };
  } catch (error) {
    const { brokers } = connection;
    return { existing: [], obstacle: `KAFKA_BROKERS=${brokers.join(',')}: no answer: ${messageWithCauses(error)}` };
  } finally {
    await admin.disconnect();
  }
}
