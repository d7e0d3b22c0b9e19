import { expect, test } from 'vitest';
import { renderToml } from '../../src/kit/toml.ts';

test('writes values before tables, sorted, indented by level, with an empty line before each outer table', () => {
  const text = renderToml({
    security: { 'client-user-required': true, users: ['a', 'b'] },
    log: { level: 'info', file: { 'max-days': 3 } },
    'memory-usage-limit': '1GB',
  });
  expect(text).toBe(`memory-usage-limit = "1GB"

[log]
  level = "info"
  [log.file]
    max-days = 3

[security]
  client-user-required = true
  users = ["a", "b"]
`);
});

test('begins with the first table where there are no values', () => {
  expect(renderToml({ replication: { 'max-replicas': 1 } })).toBe('[replication]\n  max-replicas = 1\n');
});

test('quotes keys and escapes text', () => {
  expect(renderToml({ 'a.b': 'say "hi"\n' })).toBe('"a.b" = "say \\"hi\\"\\n"\n');
});
