import { describe, expect, it as test } from 'vitest';
import { parseExposition, sumOf } from '../src/exposition.ts';

describe('parseExposition', () => {
  test('reads names, labels, values and leaves comments out', () => {
    const text = [
      '# HELP cdc_events_total Row changes.',
      '# TYPE cdc_events_total counter',
      'cdc_events_total{tablename="shop.orders",operation="insert"} 12',
      '',
      'cdc_event_log_writable 1',
      'with_time{a="b"} 3.5e-2 1700000000000',
      '# EOF',
    ].join('\n');
    expect(parseExposition(text)).toEqual([
      { name: 'cdc_events_total', labels: { tablename: 'shop.orders', operation: 'insert' }, value: 12 },
      { name: 'cdc_event_log_writable', labels: {}, value: 1 },
      { name: 'with_time', labels: { a: 'b' }, value: 0.035 },
    ]);
  });

  test('reads labels with braces, commas, spaces and escaped characters', () => {
    const [sample] = parseExposition(String.raw`x{a="} 1, b=\"c\"",b="back\\slash\nline"} 2`);
    expect(sample).toEqual({ name: 'x', labels: { a: '} 1, b="c"', b: 'back\\slash\nline' }, value: 2 });
  });

  test('reads the values that are no ordinary numbers', () => {
    const values = parseExposition('a +Inf\na -Inf\na NaN\na Nan').map(({ value }) => value);
    expect(values).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN]);
  });

  test.each(['<html>not metrics</html>', 'name', 'name{a="b"}', 'name one', '{"error":"down"}'])(
    'refuses %s',
    (text) => {
      expect(() => parseExposition(text)).toThrow(/not a line in Prometheus's text format/);
    },
  );
});

describe('sumOf', () => {
  test('adds all series of a name, and tells none from zero', () => {
    const samples = parseExposition('a{x="1"} 2\na{x="2"} 3\nb 0');
    expect([sumOf(samples, 'a'), sumOf(samples, 'b'), sumOf(samples, 'c')]).toEqual([5, 0, undefined]);
  });
});
