import { expect, test } from 'vitest';
import { EventLines } from '../../src/event-log/event-lines.ts';

test('lines are taken in their order, each with its end, and are not there again', () => {
  const lines = new EventLines();
  lines.append('{"a":"ü"}');
  lines.append('{"b":2}');
  expect(lines.take().toString()).toBe('{"a":"ü"}\n{"b":2}\n');
  lines.append('{}');
  expect(lines.take().toString()).toBe('{}\n');
  expect(lines.take()).toHaveLength(0);
});
