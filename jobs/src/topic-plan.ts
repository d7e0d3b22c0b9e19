import { z } from 'zod';

/** One topic of TOPICS_FILE. */
export const topicDefinition = z.strictObject({
  topic: z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, {
    error: 'must be at most 249 of the letters, digits and ._- that Kafka allows',
  }),
  partitions: z.number().int().positive(),
  /** @default the broker's */
  replicationFactor: z.number().int().positive().optional(),
  /** Kafka's topic settings, such as retention.ms, as text */
  config: z.record(z.string(), z.string()).default({}),
});
export type TopicDefinition = z.infer<typeof topicDefinition>;

/** A topic as the broker describes it. */
export interface TopicState {
  readonly partitions: number;
  readonly replicationFactor: number;
  /** every effective setting, including defaults */
  readonly config: Readonly<Record<string, string>>;
  /** names of the settings that were set for this topic itself */
  readonly ownConfig: readonly string[];
}

/** Changes that an existing topic needs. If none, it has only empty lists. */
export interface TopicPlan {
  /** the new number of partitions */
  readonly growTo?: number;
  /** all settings of the topic itself: the broker resets those that an alteration omits */
  readonly config?: Readonly<Record<string, string>>;
  /** a phrase for each change */
  readonly changes: readonly string[];
  /** differences that this job does not touch */
  readonly remarks: readonly string[];
  /** differences that make the wanted topic impossible, with their remedy */
  readonly problems: readonly string[];
}

/** Compares a topic with the wanted one. Partitions are never removed: Kafka cannot, and they may hold events. */
export function planTopic(wanted: TopicDefinition, found: TopicState): TopicPlan {
  const { topic } = wanted;
  const changes: string[] = [];
  const remarks: string[] = [];
  const problems: string[] = [];
  const grows = wanted.partitions > found.partitions;
  if (grows) changes.push(`partitions ${found.partitions} → ${wanted.partitions}`);
  if (wanted.partitions < found.partitions) {
    const remedy = `set ${found.partitions} in TOPICS_FILE, or delete the topic once its events are consumed`;
    problems.push(
      `topic ${topic} has ${found.partitions} partitions, but should have ${wanted.partitions}. Remedy: ${remedy}`,
    );
  }
  if (wanted.replicationFactor !== undefined && wanted.replicationFactor !== found.replicationFactor) {
    remarks.push(
      `replication factor is ${found.replicationFactor}, should be ${wanted.replicationFactor}, not changed`,
    );
  }
  const altered = Object.entries(wanted.config).filter(([name, value]) => found.config[name] !== value);
  for (const [name, value] of altered) changes.push(`${name} ${found.config[name] ?? '(unset)'} → ${value}`);
  const own = found.ownConfig.flatMap((name) => {
    const value = found.config[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(grows ? { growTo: wanted.partitions } : {}),
    ...(altered.length > 0 ? { config: { ...Object.fromEntries(own), ...wanted.config } } : {}),
    changes,
    remarks,
    problems,
  };
}
