import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { structuralSchema } from '../../../src/kit/kubernetes/fields.ts';
import { customKinds, customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { profiles as committed, production, withConsole } from '../../support/profiles.ts';
import { hasUpstream, type UpstreamSchema, upstreamCrd } from '../../support/upstream.ts';

const mirrored = { ...production, registry: 'mirror.example/copies', imagePullSecrets: ['pull'] };
const profiles = [
  ...committed,
  ['production with the console', withConsole(production, { write: true })],
  ['production from a registry', mirrored],
] as const;
const upstream = hasUpstream('custom resources against the CRDs of the operators');

/** Go's regular expressions have flags inside the pattern, JavaScript's outside. */
function toJavaScript(pattern: string, flags: string): RegExp {
  const ignoreCase = /^\^?\(\?i\)/;
  if (!ignoreCase.test(pattern)) return new RegExp(pattern, flags);
  return new RegExp(pattern.replace('(?i)', ''), `${flags}i`);
}

const regExp = Object.assign(toJavaScript, { code: 'toJavaScript' });
const ajv = new Ajv({ strict: false, allErrors: true, code: { regExp } });
formats.default(ajv);

/** A structural schema as the API server reads it: fields that it does not name are refused. */
function closed(schema: UpstreamSchema): unknown {
  const { properties, items, additionalProperties, ...rest } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...rest,
    ...(schema['x-kubernetes-int-or-string'] ? { type: ['integer', 'string'] } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, closed(field)])),
          ...(open ? {} : { additionalProperties: false }),
        }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: closed(additionalProperties) } : {}),
    ...(items === undefined ? {} : { items: closed(items) }),
  };
}

/** Upstream's schema of a kind's spec; metadata has its own schema in the API server. */
function schemaOf(kind: (typeof customKinds)[number]): UpstreamSchema {
  const { spec } = upstreamCrd(`${kind.plural}.${kind.group}`);
  const version = spec.versions.find(({ name }) => name === kind.version);
  const field = version?.schema.openAPIV3Schema.properties?.spec;
  if (field === undefined) throw new Error(`${kind.kind} ${kind.version} has no spec upstream`);
  return field;
}

/** Fields with upstream defaults that we deliberately leave out: path → reason. */
const leftToOthers: Readonly<Record<string, string>> = {};

/** Paths of missing fields that have a default in the schema. */
function missingDefaults(schema: UpstreamSchema, value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return schema.items === undefined
      ? []
      : value.flatMap((item) => missingDefaults(schema.items ?? {}, item, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = `${path}.${name}`;
    if (name in fields) return missingDefaults(field, fields[name], inner);
    return 'default' in field ? [inner] : [];
  });
}

/** Paths where the type in a compact schema differs from upstream's. */
function differences(ours: UpstreamSchema, theirs: UpstreamSchema | undefined, path: string): string[] {
  if (theirs === undefined) return [`${path}: unknown upstream`];
  const openUpstream = theirs['x-kubernetes-preserve-unknown-fields'] === true && theirs.properties === undefined;
  const flexible = 'x-kubernetes-int-or-string';
  if (ours[flexible] !== theirs[flexible]) return [`${path}: int-or-string ${ours[flexible]} for ${theirs[flexible]}`];
  if (ours.type !== undefined && ours.type !== theirs.type) return [`${path}: ${ours.type} for ${theirs.type}`];
  if (openUpstream) return [];
  return [
    ...Object.entries(ours.properties ?? {}).flatMap(([name, field]) =>
      differences(field, theirs.properties?.[name], `${path}.${name}`),
    ),
    ...(ours.items === undefined ? [] : differences(ours.items, theirs.items, `${path}[]`)),
    ...(typeof ours.additionalProperties === 'object' && typeof theirs.additionalProperties === 'object'
      ? differences(ours.additionalProperties, theirs.additionalProperties, `${path}{}`)
      : []),
  ];
}

describe.runIf(upstream).each(customKinds)('$kind', (kind) => {
  const schema = upstream ? schemaOf(kind) : {};
  const validate: ValidateFunction = ajv.compile(closed(schema) as object);
  const resources = profiles.flatMap(([profile, values]) =>
    customResources(values)
      .filter((resource) => resource.kind === kind.kind)
      .map((resource) => ({ name: `${profile}: ${resource.metadata.name}`, spec: resource.spec })),
  );

  test('is written in a profile', () => {
    expect(resources).not.toEqual([]);
  });

  test.each(resources)('is what its CRD takes, with no field that it does not know: $name', ({ spec }) => {
    validate(spec);
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each(resources)('says itself what its CRD would fill in: $name', ({ spec }) => {
    const missing = missingDefaults(schema, spec, kind.kind).filter((path) => !(path in leftToOthers));
    expect(missing).toEqual([]);
  });

  test('has the types of its CRD in the compact one', () => {
    expect(differences(structuralSchema(kind.spec) as UpstreamSchema, schema, kind.kind)).toEqual([]);
  });
});
