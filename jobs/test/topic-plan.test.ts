import { describe, expect, test } from 'vitest';
import { planTopic, type TopicState } from '../src/topic-plan.ts';

const found: TopicState = {
  partitions: 3,
  replicationFactor: 1,
  config: { 'retention.ms': '604800000', 'max.message.bytes': '1048588', 'cleanup.policy': 'delete' },
  ownConfig: ['retention.ms'],
};
const wanted = { topic: 'cdc-events', partitions: 3, replicationFactor: 1, config: { 'retention.ms': '604800000' } };

describe('planTopic', () => {
  test('does nothing where the topic is as wanted, also by the default of the broker', () => {
    const config = { 'retention.ms': '604800000', 'max.message.bytes': '1048588' };
    expect(planTopic({ ...wanted, config }, found)).toEqual({ changes: [], remarks: [], problems: [] });
  });

  test('adds partitions', () => {
    const plan = planTopic({ ...wanted, partitions: 6 }, found);
    expect(plan.growTo).toBe(6);
    expect(plan.changes).toEqual(['partitions 3 → 6']);
  });

  test('never takes partitions away, and says what to do', () => {
    const plan = planTopic({ ...wanted, partitions: 2 }, found);
    expect(plan.growTo).toBeUndefined();
    expect(plan.problems).toEqual([
      'topic cdc-events has 3 partitions, but should have 2. Remedy: set 3 in TOPICS_FILE, or delete the topic once its events are consumed',
    ]);
  });

  test("alters a setting and sends the topic's other own settings along, which the broker would reset", () => {
    const plan = planTopic({ ...wanted, config: { 'max.message.bytes': '2097152' } }, found);
    expect(plan.config).toEqual({ 'retention.ms': '604800000', 'max.message.bytes': '2097152' });
    expect(plan.changes).toEqual(['max.message.bytes 1048588 → 2097152']);
  });

  test('reports another replication factor and leaves it', () => {
    const plan = planTopic({ ...wanted, replicationFactor: 3 }, found);
    expect(plan.remarks).toEqual(['replication factor is 1, should be 3, not changed']);
    expect(plan.changes).toEqual([]);
    expect(plan.problems).toEqual([]);
    const { replicationFactor: _any, ...brokersDefault } = wanted;
    expect(planTopic(brokersDefault, { ...found, replicationFactor: 3 }).remarks).toEqual([]);
  });
});
