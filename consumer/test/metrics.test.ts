import { describe, expect, test } from 'vitest';
import { Counts, tableIncrements } from '../src/counts.ts';
import { createMetrics } from '../src/metrics.ts';

// The Accept header of Prometheus 3.
const openMetrics =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.1';
const plainText = 'text/plain;version=0.0.4;q=0.3,*/*;q=0.1';

async function newMetrics(isWritable = () => true) {
  const counts = await Counts.open();
  await counts.record({
    positions: [{ topic: 'cdc-events', partition: 0, position: { next: 3, newest: 1 } }],
    arrivedAt: 1_700_000_000_123,
    increments: [
      ...tableIncrements('shop.orders', { insert: 3, update: 0, delete: 0 }),
      { counter: 'cdc_dead_letters_total', labels: { reason: 'INVALID_JSON' }, by: 2 },
    ],
  });
  return createMetrics({ counts, isWritable });
}

describe('OpenMetrics', () => {
  test('is answered to who accepts it', async () => {
    const { contentType, body } = await (await newMetrics()).expose(openMetrics);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body).toContain('\ncdc_events_created{tablename="shop.orders",operation="insert"} 1700000000.123\n');
  });

  test('is well-formed: each family once and in one piece, its samples under its name, an end', async () => {
    const { body } = await (await newMetrics()).expose(openMetrics);
    expect(body.endsWith('\n# EOF\n')).toBe(true);
    const seen = new Set<string>();
    let family = { name: '', type: '' };
    for (const line of body.trimEnd().split('\n').slice(0, -1)) {
      const type = /^# TYPE (\S+) (\w+)$/.exec(line);
      if (type) {
        family = { name: type[1] ?? '', type: type[2] ?? '' };
        expect(seen).not.toContain(family.name);
        seen.add(family.name);
      } else if (line.startsWith('# ')) {
        expect(line).toMatch(new RegExp(`^# HELP ${family.name} `));
      } else {
        const suffix = { counter: '_(total|created)', histogram: '_(bucket|sum|count)', gauge: '' }[family.type];
        expect(line).toMatch(new RegExp(`^${family.name}${suffix}(\\{([a-z_]+="[^"]*",?)+\\})? (NaN|[-+.\\dInfe]+)$`));
      }
    }
    expect(seen).toContain('cdc_events');
    expect(seen).toContain('process_cpu_seconds');
  });

  test('follows each of our counters with its time of birth', async () => {
    const { body } = await (await newMetrics()).expose(openMetrics);
    const lines = body.split('\n');
    const totals = lines.filter((line) => /^cdc_\w+_total\b/.test(line));
    expect(totals.length).toBeGreaterThanOrEqual(7);
    for (const total of totals) {
      const next = lines[lines.indexOf(total) + 1] ?? '';
      expect(next.replace(/ \S+$/, '')).toBe(total.replace('_total', '_created').replace(/ \S+$/, ''));
    }
  });
});

describe('the plain text format', () => {
  test.each([plainText, undefined])('is answered to everyone else (accept: %s)', async (accept) => {
    const { contentType, body } = await (await newMetrics()).expose(accept);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain(
      '# TYPE cdc_events_total counter\ncdc_events_total{tablename="shop.orders",operation="insert"} 3\n',
    );
    expect(body).toContain('process_cpu_seconds_total');
    expect(body).not.toContain('_created');
  });

  test('is the same after OpenMetrics was asked for', async () => {
    const metrics = await newMetrics();
    const names = async () => {
      const { body } = await metrics.expose(plainText);
      return body.split('\n').filter((line) => line.startsWith('# TYPE'));
    };
    const before = await names();
    await metrics.expose(openMetrics);
    expect(await names()).toEqual(before);
  });
});

test('the watermark is absent until there is one', async () => {
  const metrics = await newMetrics();
  expect((await metrics.expose(plainText)).body).not.toMatch(/^cdc_watermark_timestamp_seconds /m);
  metrics.watermark.set(1_700_000_000.5);
  expect((await metrics.expose(plainText)).body).toMatch(/^cdc_watermark_timestamp_seconds 1700000000.5$/m);
});

test('the event log is writable or not at the time of the scrape', async () => {
  let writable = true;
  const metrics = await newMetrics(() => writable);
  expect((await metrics.expose(plainText)).body).toMatch(/^cdc_event_log_writable 1$/m);
  writable = false;
  expect((await metrics.expose(plainText)).body).toMatch(/^cdc_event_log_writable 0$/m);
});
