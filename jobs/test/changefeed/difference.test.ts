import { describe, expect, test } from 'vitest';
import { changefeedDifferences, mergeConfig } from '../../src/changefeed/difference.ts';

const wanted = {
  changefeed_id: 'cdc-events',
  sink_uri: 'kafka://a:9092,b:9092/cdc-events?protocol=canal-json&sasl-password=secret',
  replica_config: { filter: { rules: ['shop.*'] } },
};

describe('changefeedDifferences', () => {
  test('takes neither order of parameters, nor a masked password, nor added defaults for a difference', () => {
    const sink_uri = 'kafka://a:9092,b:9092/cdc-events?sasl-password=xxxxx&protocol=canal-json';
    const config = { memory_quota: 1, filter: { rules: ['shop.*'], event_filters: null } };
    expect(changefeedDifferences(wanted, { sink_uri, config })).toEqual([]);
  });

  test('names address, parameters and settings, and never a password', () => {
    const sink_uri = 'kafka://a:9092/other?protocol=open-protocol&compression=gzip';
    expect(changefeedDifferences(wanted, { sink_uri, config: { filter: { rules: [] } } })).toEqual([
      'sink_uri: kafka://a:9092/other should be kafka://a:9092,b:9092/cdc-events',
      'sink_uri compression: gzip should be nothing',
      'sink_uri protocol: open-protocol should be canal-json',
      'sink_uri sasl-password: nothing should be ***',
      'replica_config.filter.rules: [] should be ["shop.*"]',
    ]);
  });
});

describe('mergeConfig', () => {
  test('puts the wanted members into the current ones, and replaces lists', () => {
    const current = { memory_quota: 1, sink: { protocol: 'canal-json', dispatchers: [1, 2] } };
    expect(mergeConfig(current, { sink: { dispatchers: [3] } })).toEqual({
      memory_quota: 1,
      sink: { protocol: 'canal-json', dispatchers: [3] },
    });
  });
});
