import type { Admin } from '@tidb-cdc/runtime/kafka';

/** A partition's offsets at the broker, and the group's position in it. */
export interface GroupOffsets {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the oldest message that the topic still has. */
  readonly low: number;
  /** Offset that the next message written will have. */
  readonly end: number;
  /** Undefined when the group has committed nothing, or the broker no longer has it. */
  readonly committed: number | undefined;
  /** Whether kafkajs is resetting the group's offset to the oldest message: the earlier offset is then unknown. */
  readonly isReset: boolean;
  /** The metadata that was committed with the offset. */
  readonly metadata: string;
}

export async function fetchGroupOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<GroupOffsets[]> {
  if (topics.length === 0) return [];
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const perTopic = await Promise.all(
    topics.map(async (topic) => {
      const ofGroup = committed.find((one) => one.topic === topic)?.partitions ?? [];
      return (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => {
        const { offset = '-1', metadata } = ofGroup.find((one) => one.partition === partition) ?? {};
        return {
          topic,
          partition,
          low: Number(low),
          end: Number(high),
          committed: Number(offset) >= 0 ? Number(offset) : undefined,
          isReset: Number(offset) < -1,
          metadata: metadata ?? '',
        };
      });
    }),
  );
  return perTopic.flat();
}
