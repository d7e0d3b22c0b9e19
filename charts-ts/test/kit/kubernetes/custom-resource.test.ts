import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { customResource, fileName, renderCustomResource } from '../../../src/kit/kubernetes/custom-resource.ts';
import { count, object, openText, quantities, structuralSchema, text } from '../../../src/kit/kubernetes/fields.ts';

const kind = {
  group: 'example.org',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  spec: object({
    replicas: count,
    requests: quantities,
    config: openText.optional(),
    parts: z.array(object({ name: text })),
    more: z.record(z.string(), z.unknown()).optional(),
  }),
};
const metadata = { name: 'one', namespace: 'cdc', labels: {} };
const spec = { replicas: 1, requests: { memory: '1Gi' }, parts: [{ name: 'a' }] };

describe('customResource', () => {
  test('is written as its operator reads it', () => {
    const resource = customResource(kind, metadata, spec);
    expect(resource).toEqual({ apiVersion: 'example.org/v1', kind: 'Thing', metadata, spec });
    expect(fileName(resource)).toBe('thing-one.yaml');
    expect(renderCustomResource(resource)).toContain('apiVersion: example.org/v1\nkind: Thing\n');
  });

  test.each([
    [{ ...spec, replicas: -1 }, "Thing 'one': 'spec.replicas' (-1): must be at least 0"],
    [{ ...spec, replicas: 1.5 }, "'spec.replicas' (1.5): must be a whole number"],
    [{ ...spec, requests: { memory: '1 GB' } }, '\'spec.requests.memory\' ("1 GB"): must be an amount'],
    [{ ...spec, parts: [{ name: '' }] }, '\'spec.parts.0.name\' (""): must not be empty'],
    [{ ...spec, replica: 2 }, 'Unrecognized key: "replica"'],
  ])('refuses %o', (wrong, message) => {
    expect(() => customResource(kind, metadata, wrong)).toThrow(message);
  });
});

describe('structuralSchema', () => {
  test('has the types, and no rule that others would have to keep', () => {
    const open = { 'x-kubernetes-preserve-unknown-fields': true };
    expect(structuralSchema(kind.spec)).toEqual({
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        requests: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true } },
        config: open,
        parts: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } }, ...open } },
        more: { type: 'object', ...open },
      },
      ...open,
    });
  });
});
