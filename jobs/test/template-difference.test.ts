import { describe, expect, test } from 'vitest';
import { templateDifference } from '../src/template-difference.ts';

const wanted = {
  index_patterns: ['cdc-events'],
  priority: 500,
  data_stream: {},
  template: {
    settings: { number_of_shards: 1, 'index.refresh_interval': '1s' },
    mappings: { dynamic: false, properties: { cdc: { properties: { data: { type: 'flattened' } } } } },
  },
};

/** What Elasticsearch 8.5.0 answered for `wanted`; `created_date` comes from 9.4. */
const stored = {
  index_patterns: ['cdc-events'],
  template: {
    settings: { index: { number_of_shards: '1', refresh_interval: '1s' } },
    mappings: { dynamic: 'false', properties: { cdc: { properties: { data: { type: 'flattened' } } } } },
  },
  composed_of: [],
  priority: 500,
  data_stream: { hidden: false, allow_custom_routing: false },
  created_date: 1_750_000_000_000,
};

describe('templateDifference', () => {
  test("takes the server's normal form for the same", () => {
    expect(templateDifference(wanted, stored)).toEqual([]);
  });

  test('names what has another value or is not there', () => {
    const settings = { number_of_shards: 2, refresh_interval: '1s', number_of_replicas: 0 };
    const changed = { ...wanted, priority: 600, template: { ...wanted.template, settings } };
    expect(templateDifference(changed, stored)).toEqual([
      'priority',
      'template.settings.index.number_of_replicas',
      'template.settings.index.number_of_shards',
    ]);
  });

  test('names what is there and no longer wanted', () => {
    const { settings } = stored.template;
    const more = {
      ...stored,
      index_patterns: ['cdc-events', 'old-*'],
      template: { ...stored.template, settings: { index: { ...settings.index, codec: 'best_compression' } } },
    };
    expect(templateDifference(wanted, more)).toEqual(['index_patterns.1', 'template.settings.index.codec']);
  });

  test('sees that the template made no data streams', () => {
    const { data_stream: _, ...plain } = stored;
    expect(templateDifference(wanted, plain)).toEqual(['data_stream']);
  });
});
