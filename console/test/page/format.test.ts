import { describe, expect, it as test } from 'vitest';
import { formatCount, formatKey, formatRate, formatSeconds, formatShare, formatTime } from '../../src/page/format.ts';

describe('format', () => {
  test.each([
    [0, '0 ms'],
    [0.0854, '85 ms'],
    [0.994, '994 ms'],
    [0.9999, '1.00 s'],
    [1.25, '1.25 s'],
    [42.4, '42 s'],
    [180, '3 min'],
    [7200, '2 h'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  test('writes counts and rates', () => {
    expect([
      formatCount(1234567),
      formatRate(0),
      formatRate(12.34),
      formatRate(1234.5),
      formatShare(0.666),
      formatShare(0.004),
      formatShare(0),
    ]).toEqual(['1,234,567', '0.0', '12.3', '1,235', '67%', '<1%', '0%']);
  });

  test('writes the time of day in local time, the day only where it is another', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5, 60);
    expect(formatTime(at.toISOString(), at)).toBe('03:04:05.060');
    expect(formatTime(at.toISOString(), new Date(2026, 0, 3))).toBe('2026-01-02 03:04:05.060');
    expect(formatTime(new Date(2026, 0, 2, 3, 4, 5).toISOString(), at)).toBe('03:04:05');
  });

  test('writes keys', () => {
    expect(formatKey({ order_id: '7' })).toBe('7');
    expect(formatKey({ line_number: '1', order_id: '7' })).toBe('line_number 1 · order_id 7');
    expect(formatKey({ code: null })).toBe('NULL');
    expect(formatKey({})).toBe('no key');
  });
});
