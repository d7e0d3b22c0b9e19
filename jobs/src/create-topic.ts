import { defined } from '@tidb-cdc/runtime/defined';
import { brokers, oneOf, SettingsError, topicNames } from '@tidb-cdc/runtime/environment';
import { type Admin, createAdmin } from '@tidb-cdc/runtime/kafka';
import { kafkaAccessSettings, readKafkaAccess } from '@tidb-cdc/runtime/kafka-access';
import type { Logger } from '@tidb-cdc/runtime/log';
import { errorText, waitFor } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';
import { readJsonSetting, runJob, waitOptions, waitSettings } from './job.ts';
import { planTopic, type TopicDefinition, type TopicPlan, type TopicState, topicDefinition } from './topic-plan.ts';

// numbers of the Kafka protocol: a resource's type, a setting's source
const topicResource = 2;
const setForTopic = 1;

/** Settings of create-topic. */
export const createTopicSettings = z.object({
  ...waitSettings,
  KAFKA_BROKERS: brokers.default(['127.0.0.1:9092']),
  ...kafkaAccessSettings,
  TOPICS_FILE: z.string({
    error: 'must be the path of a JSON file [{"topic": …, "partitions": …, "replicationFactor": …, "config": {…}}]',
  }),
  /** Replace the names in the file, in the file's order. */
  TOPIC_NAMES: topicNames.optional(),
  /** `false` leaves existing topics unchanged, whatever the file says. */
  TOPICS_UPDATE: oneOf(['true', 'false']).default('true'),
});
export type CreateTopicSettings = z.infer<typeof createTopicSettings>;

/** What was done to one topic. */
export interface TopicResult {
  readonly topic: string;
  readonly outcome: 'created' | 'altered' | 'unchanged';
}

/**
 * Creates the topics of the file. For existing topics it adds partitions and alters settings that differ. It removes
 * nothing: settings from other tools stay. Logs one line per topic.
 *
 * @throws Error naming every topic that has more partitions than wanted, after the others are done
 */
export async function createTopic(settings: CreateTopicSettings, log: Logger): Promise<TopicResult[]> {
  const file = await readJsonSetting('TOPICS_FILE', settings.TOPICS_FILE, z.array(topicDefinition).min(1));
  const wanted = withNames(file, settings.TOPIC_NAMES);
  const mayUpdate = settings.TOPICS_UPDATE === 'true';
  // the client's own log lines would repeat each failed attempt of the wait
  const quiet = log.child({}, { level: 'silent' });
  const admin = createAdmin({
    brokers: settings.KAFKA_BROKERS,
    clientId: 'cdc-create-topic',
    log: quiet,
    access: readKafkaAccess(settings),
  });
  const wait = waitOptions(settings, log);
  try {
    await waitFor(`Kafka at ${settings.KAFKA_BROKERS.join(',')}`, () => admin.connect(), wait);
    const results: TopicResult[] = [];
    const problems: string[] = [];
    for (const definition of wanted) {
      // for a moment after it has created a topic, a broker may answer that the topic is unknown
      const plan = await waitFor(`topic ${definition.topic}`, () => ensureTopic(admin, definition, mayUpdate, log), {
        ...wait,
        isFinal: (error) => !isTransient(error),
      });
      problems.push(...plan.problems);
      results.push({ topic: definition.topic, outcome: plan.outcome });
    }
    if (problems.length > 0) throw new Error(problems.join('; '));
    return results;
  } finally {
    await admin.disconnect();
  }
}

/** @throws SettingsError when there are not as many names as topics */
function withNames(
  definitions: readonly TopicDefinition[],
  names: readonly string[] | undefined,
): readonly TopicDefinition[] {
  if (names === undefined) return definitions;
  if (names.length !== definitions.length) {
    const rule = `must be ${definitions.length} names, as many as TOPICS_FILE has topics`;
    throw new SettingsError([`TOPIC_NAMES=${names.join(',')}: ${rule}`]);
  }
  return definitions.map((definition, index) => ({ ...definition, topic: names[index] ?? definition.topic }));
}

async function ensureTopic(admin: Admin, wanted: TopicDefinition, mayUpdate: boolean, log: Logger) {
  const { topic, partitions, replicationFactor = "the broker's default" } = wanted;
  if (await create(admin, wanted)) {
    log.info(`topic ${topic}: created, partitions ${partitions}, replication factor ${replicationFactor}`);
    return { outcome: 'created', problems: [] } as const;
  }
  if (!mayUpdate) {
    log.info(`topic ${topic}: exists, not changed`);
    return { outcome: 'unchanged', problems: [] } as const;
  }
  const plan = planTopic(wanted, await readTopic(admin, topic));
  // with a problem, nothing is applied: half of the changes would leave a topic that is neither old nor new
  if (plan.problems.length === 0) await apply(admin, topic, plan);
  const outcome = plan.problems.length === 0 && plan.changes.length > 0 ? 'altered' : 'unchanged';
  log.info(`topic ${topic}: ${[outcome, ...(outcome === 'altered' ? plan.changes : []), ...plan.remarks].join(', ')}`);
  return { outcome, problems: plan.problems } as const;
}

/** Returns false when the topic exists, even if another run has just created it. */
async function create(admin: Admin, wanted: TopicDefinition): Promise<boolean> {
  if ((await admin.listTopics()).includes(wanted.topic)) return false;
  try {
    return await admin.createTopics({
      topics: [
        {
          topic: wanted.topic,
          numPartitions: wanted.partitions,
          // Without it kafkajs sends the number that makes Kafka use its own default.
          ...defined({ replicationFactor: wanted.replicationFactor }),
          configEntries: toEntries(wanted.config),
        },
      ],
    });
  } catch (error) {
    throw new Error(`cannot create topic ${wanted.topic}: ${kafkaErrorText(error)}`, { cause: error });
  }
}

async function readTopic(admin: Admin, topic: string): Promise<TopicState> {
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = metadata.topics[0]?.partitions ?? [];
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: topicResource, name: topic }],
  });
  const entries = described.resources[0]?.configEntries ?? [];
  return {
    partitions: partitions.length,
    replicationFactor: partitions[0]?.replicas.length ?? 0,
    config: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
    ownConfig: entries.filter(({ configSource }) => configSource === setForTopic).map(({ configName }) => configName),
  };
}

async function apply(admin: Admin, topic: string, plan: TopicPlan): Promise<void> {
  try {
    if (plan.config !== undefined) {
      const resource = { type: topicResource, name: topic, configEntries: toEntries(plan.config) };
      await admin.alterConfigs({ validateOnly: false, resources: [resource] });
    }
    if (plan.growTo !== undefined) await admin.createPartitions({ topicPartitions: [{ topic, count: plan.growTo }] });
  } catch (error) {
    throw new Error(`cannot alter topic ${topic} (${plan.changes.join(', ')}): ${kafkaErrorText(error)}`, {
      cause: error,
    });
  }
}

function toEntries(config: Readonly<Record<string, string>>) {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}

/** Whether the next try may succeed: kafkajs marks such errors as retriable. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('retriable' in error && error.retriable === true) return true;
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return [error.cause, ...inner].some(isTransient);
}

/** Includes the broker's errors, one per topic: kafkajs wraps them in an error that only says that there are some. */
function kafkaErrorText(error: unknown): string {
  const inner = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return [error, ...inner].map(errorText).join(': ');
}

await runJob(import.meta.url, createTopicSettings, createTopic);
