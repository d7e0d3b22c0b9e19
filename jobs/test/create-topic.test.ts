import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { createLogger } from '@tidb-cdc/runtime/log';
import { expect, test } from 'vitest';
import { createTopic, createTopicSettings } from '../src/create-topic.ts';

test('wants as many names as the file has topics', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'create-topic-'));
  try {
    const TOPICS_FILE = path.join(folder, 'topics.json');
    await writeFile(TOPICS_FILE, JSON.stringify(['events', 'dead'].map((topic) => ({ topic, partitions: 1 }))));
    const settings = readEnvironment(createTopicSettings, { TOPICS_FILE, TOPIC_NAMES: 'own.events' });
    await expect(createTopic(settings, createLogger({ level: 'silent', dataset: 'cdc.jobs' }))).rejects.toThrow(
      'TOPIC_NAMES=own.events: must be 2 names, as many as TOPICS_FILE has topics',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
