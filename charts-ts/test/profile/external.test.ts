import { expect, test } from 'vitest';
import { z } from 'zod';
import { baseUrl, oursOrExternal } from '../../src/profile/external.ts';
import { size } from '../../src/profile/values.ts';

const schema = z.strictObject({
  search: oursOrExternal(size, z.strictObject({ url: baseUrl, replicas: z.number().default(0) })),
});
const sizes = { cpu: '1', memory: '1Gi', memoryLimit: '1Gi' };
const external = { url: 'https://search.example.com:9200' };

test('a system is ours by its sizes, or external, with what the profile leaves to the defaults', () => {
  expect(schema.parse({ search: sizes })).toEqual({ search: sizes });
  expect(schema.parse({ search: { external } })).toEqual({ search: { external: { ...external, replicas: 0 } } });
});

test.each([
  ['its own key, where it is ours', { ...sizes, cpu: 'much' }, 'search.cpu', 'must be an amount of CPU'],
  ['its own key, where it is external', { external: { url: 'search:9200' } }, 'search.external.url', 'must be http://'],
  ['a path in the address', { external: { url: 'https://a:9200/es' } }, 'search.external.url', 'must be http://'],
  ['a login in the address', { external: { url: 'https://a:b@c:9200' } }, 'search.external.url', 'must be http://'],
  ['an unknown key', { external: { ...external, ca: 'x' } }, 'search.external', 'Unrecognized key: "ca"'],
  ['both at once', { external, ...sizes }, 'search', 'external stands alone: remove cpu, memory, memoryLimit, which'],
  ['neither', undefined, 'search', 'expected object'],
])('an error is about %s', (_, search, path, message) => {
  const issues = schema.safeParse({ search }, { reportInput: true }).error?.issues ?? [];
  expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  expect(issues[0]?.message).toContain(message);
});
