import type { z } from 'zod';
import { renderYaml } from '../yaml.ts';

/** An operator's kind whose resources we write: its address in the API, and the spec fields that we use. */
export interface CustomKind<S extends z.ZodObject = z.ZodObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec: S;
}

export interface CustomResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: unknown;
}

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Builds a resource of a kind.
 * @throws Error naming the resource, the field, its value and the rule that it breaks
 */
export function customResource<S extends z.ZodObject>(
  kind: CustomKind<S>,
  metadata: Metadata,
  spec: z.input<S>,
): CustomResource {
  const result = kind.spec.safeParse(spec, { reportInput: true });
  if (!result.success) {
    const problems = result.error.issues.map((issue) => {
      const place = ['spec', ...issue.path.map(String)].join('.');
      return `'${place}' (${JSON.stringify(issue.input)?.slice(0, 80)}): ${issue.message}`;
    });
    throw new Error(`${kind.kind} '${metadata.name}': ${problems.join('; ')}`);
  }
  return { apiVersion: `${kind.group}/${kind.version}`, kind: kind.kind, metadata, spec: withoutUndefined(spec) };
}

/** `<kind>-<name>.yaml`, the resource's file name in every place. */
export function fileName({ kind, metadata }: CustomResource): string {
  return `${kind.toLowerCase()}-${metadata.name}.yaml`;
}

/** The text of a custom resource, the same in every place. */
export function renderCustomResource(resource: CustomResource): string {
  return renderYaml(resource);
}

/** Drops fields that are undefined: YAML has no notation for them. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(present.map(([name, field]) => [name, withoutUndefined(field)]));
}
