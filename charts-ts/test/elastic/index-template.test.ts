import { describe, expect, test } from 'vitest';
import { indexTemplates, type Named } from '../../src/elastic/index-template.ts';

interface Body {
  index_patterns: string[];
  template: {
    settings: { index: Record<string, unknown> };
    mappings: { dynamic: boolean; properties: object };
    aliases?: object;
  };
}

function bodyOf(templates: readonly Named[], name: string): Body {
  return templates.find((template) => template.name === name)?.body as unknown as Body;
}

describe('indexTemplates', () => {
  test('are of one shard without copies, mapped explicitly, unless told otherwise', () => {
    const { templates } = indexTemplates();
    expect(templates.map(({ name }) => name)).toEqual(['cdc-events', 'cdc-events-rejected']);
    for (const { body } of templates) {
      expect(body).toMatchObject({
        template: {
          settings: { index: { number_of_shards: 1, number_of_replicas: 0 } },
          mappings: { dynamic: false },
        },
      });
    }
    const copied = indexTemplates({ shards: 2, replicas: 1 });
    for (const { body } of copied.templates) {
      expect(body).toMatchObject({ template: { settings: { index: { number_of_shards: 2, number_of_replicas: 1 } } } });
    }
  });

  test('put the indices of the days behind the alias, and not the one of what was refused', () => {
    const { templates } = indexTemplates();
    expect(bodyOf(templates, 'cdc-events')).toMatchObject({
      index_patterns: ['cdc-events-*.*.*'],
      template: { aliases: { 'cdc-events': {} } },
    });
    expect(bodyOf(templates, 'cdc-events-rejected')).toMatchObject({ index_patterns: ['cdc-events-rejected'] });
    expect(bodyOf(templates, 'cdc-events-rejected').template).not.toHaveProperty('aliases');
  });

  test('name a lifecycle only where a retention is asked for: an Elasticsearch without lifecycles refuses one', () => {
    const forEver = indexTemplates();
    expect(forEver.lifecycles).toEqual([]);
    expect(bodyOf(forEver.templates, 'cdc-events').template.settings.index).not.toHaveProperty('lifecycle');
    const { lifecycles, templates } = indexTemplates({ retention: '30d' });
    // A day's last change is up to one day younger than the start of the day.
    expect(lifecycles).toMatchObject([
      { name: 'cdc-events', body: { policy: { phases: { delete: { min_age: '31d' } } } } },
    ]);
    expect(bodyOf(templates, 'cdc-events').template.settings.index).toMatchObject({
      lifecycle: { name: 'cdc-events', parse_origination_date: true },
    });
    expect(bodyOf(templates, 'cdc-events-rejected').template.settings.index).not.toHaveProperty('lifecycle');
  });

  test('have row images as one field each, whatever columns there are', () => {
    expect(bodyOf(indexTemplates().templates, 'cdc-events').template.mappings.properties).toMatchObject({
      cdc: {
        properties: { primary_key: { type: 'flattened' }, data: { type: 'flattened' }, old: { type: 'flattened' } },
      },
    });
  });
});

test.each(['0d', '30', '24h', 'a month', '-1d', '30 d'])('a retention of %s is refused', (retention) => {
  const message = `'retention' (${retention}) must be a number of days, such as 30d`;
  expect(() => indexTemplates({ retention })).toThrow(message);
});
