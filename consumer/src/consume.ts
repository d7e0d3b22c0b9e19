import { setTimeout as delay } from 'node:timers/promises';
import { type Consumer, createConsumer, isKafkaError, type KafkaConnection } from '@tidb-cdc/runtime/kafka';
import { messageWithCauses } from '@tidb-cdc/runtime/log';
import type { BatchParts, BatchProcessor } from './batch.ts';
import { type RetryContext, StoppedError, untilDone } from './retry.ts';
import type { ConsumerSettings } from './settings.ts';
import type { Takeover } from './takeover.ts';
import { waitForTopics } from './topics.ts';

export interface Consumption {
  /** Resolves when the consumer starts to read, or was told to end before that. */
  readonly started: Promise<void>;
  /** Finishes the current batch, commits it and leaves the group. */
  readonly stop: () => Promise<void>;
}

export interface ConsumeParts extends Pick<BatchParts, 'health' | 'partitions' | 'log' | 'stopping'> {
  readonly processor: BatchProcessor;
  readonly takeover: Takeover;
}

/** Waits for the topics, joins the group and processes its batches. `fail` receives an error that ends the consumer. */
export function startConsuming(
  settings: ConsumerSettings,
  connection: KafkaConnection,
  parts: ConsumeParts,
  fail: (error: unknown) => void,
): Consumption {
  const { processor, takeover, health } = parts;
  const failing = async (work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      // kafkajs deals with Kafka's errors. Any other error would recur at each delivery.
      if (!(error instanceof StoppedError) && !isKafkaError(error)) fail(error);
      throw error;
    }
  };
  const settleAndEndRound = async () => {
    // Retried here, because kafkajs would take another client's error for its own. If the group moves on without this
    // member meanwhile, the next heartbeat shows it.
    const retrying: RetryContext = { ...parts, heartbeat: async () => undefined };
    await untilDone('settle what the group has committed', () => takeover.settled(), retrying);
    await processor.endDueRound();
  };
  const consumer = createConsumer(connection, settings.KAFKA_GROUP_ID, {
    beforeFetch: () => failing(settleAndEndRound()),
  });
  reportTo(consumer, parts, fail);

  const start = async () => {
    if (!(await subscribe(consumer, settings, connection, parts))) return;
    health.absent('is joining its group');
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (delivery) => failing(processor.process(delivery)),
    });
  };
  const started = start();
  return {
    started,
    stop: async () => {
      // kafkajs ignores a stop while it joins.
      await started.catch(() => undefined);
      await processor.endRound().catch((error: unknown) => {
        parts.log.warn({ error }, 'what was read last is not committed: Kafka delivers it again');
      });
      await consumer.disconnect();
    },
  };
}

/** Subscribes once the broker and the topics are available. Returns false if the consumer must end before that. */
async function subscribe(
  consumer: Consumer,
  { KAFKA_TOPICS: topics, KAFKA_DEAD_LETTER_TOPIC: deadLetterTopic }: ConsumerSettings,
  connection: KafkaConnection,
  { health, log, stopping }: ConsumeParts,
): Promise<boolean> {
  for (;;) {
    const existing = await waitForTopics(connection, topics, health, stopping);
    if (existing === undefined) return false;
    if (!existing.includes(deadLetterTopic)) {
      log.warn(
        { topic: deadLetterTopic },
        'KAFKA_DEAD_LETTER_TOPIC: no such topic yet: a message that cannot be decoded will hold up its partition until there is',
      );
    }
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      return true;
    } catch (error) {
      log.warn({ reason: messageWithCauses(error) }, 'cannot subscribe, trying again');
      await delay(1_000, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

/** Passes kafkajs's events to the probes, the gauges and the parts that depend on the assignment. */
function reportTo(consumer: Consumer, parts: ConsumeParts, fail: (error: unknown) => void): void {
  const { health, partitions, processor, takeover } = parts;
  const { events } = consumer;
  consumer.on(events.REQUEST, ({ payload: { apiName } }) => health.answered(`answer to ${apiName}`));
  consumer.on(events.REQUEST_TIMEOUT, ({ payload: { apiName } }) => health.sign(`timeout of ${apiName}`));
  consumer.on(events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    processor.rejoined();
    takeover.joined(memberAssignment);
    health.joined(partitions.assign(memberAssignment));
  });
  consumer.on(events.REBALANCING, () => health.absent('is joining its group again'));
  consumer.on(events.STOP, () => health.absent('has left its group'));
  consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
    partitions.assign({});
    health.absent(`has lost Kafka and tries again: ${messageWithCauses(error)}`);
    health.sign('attempt to reach Kafka');
    if (!restart) fail(new Error('the Kafka client has given up', { cause: error }));
  });
}
