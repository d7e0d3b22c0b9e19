import { describe, expect, test } from 'vitest';
import { indexTemplate, logIndexTemplate } from '../../src/elastic/index-template.ts';

interface Body {
  index_patterns: string[];
  template: { settings: { index: Record<string, unknown> }; mappings: { dynamic: boolean; properties: object } };
}

describe.each([
  ['indexTemplate', indexTemplate, 'cdc-events'],
  ['logIndexTemplate', logIndexTemplate, 'cdc-logs'],
] as const)('%s', (_name, template, stream) => {
  test('is a data stream of one shard without copies, mapped explicitly, unless told otherwise', () => {
    const { name, body } = template();
    expect(name).toBe(stream);
    expect(body).toMatchObject({
      index_patterns: [stream],
      data_stream: {},
      template: { mappings: { dynamic: false } },
    });
    expect((body as unknown as Body).template.settings.index).toMatchObject({
      number_of_shards: 1,
      number_of_replicas: 0,
    });
  });

  test('names a lifecycle only where a retention is asked for: an older Elasticsearch refuses one', () => {
    expect(template().body.template).not.toHaveProperty('lifecycle');
    expect(template({ retention: '30d' }).body.template).toHaveProperty('lifecycle', { data_retention: '30d' });
  });

  test.each(['0d', '30', 'a month', '-1d', '30 d'])('refuses a retention of %s', (retention) => {
    expect(() => template({ retention })).toThrow(
      `'retention' (${retention}) must be a number of days, hours or minutes, such as 30d`,
    );
  });
});

test('row images are one field each, whatever columns there are', () => {
  const { body } = indexTemplate();
  expect((body as unknown as Body).template.mappings.properties).toMatchObject({
    cdc: {
      properties: { primary_key: { type: 'flattened' }, data: { type: 'flattened' }, old: { type: 'flattened' } },
    },
  });
});
