import { z } from 'zod';

/**
 * Building blocks for the fields of custom resources. A field is defined once: zod gives its TypeScript type and checks
 * it when a resource is built; `structuralSchema` gives its schema in the CRD.
 */

/** An object in which we write these fields only; the CRD allows others too. */
export const object = z.strictObject;
export const text = z.string().min(1, { error: 'must not be empty' });
export const flag = z.boolean();
export const count = z.number().int({ error: 'must be a whole number' }).min(0, { error: 'must be at least 0' });
export const labels = z.record(z.string(), z.string());
/** Settings that only the product itself can check. */
export const settings = z.record(z.string(), z.unknown());

/** An amount of CPU, memory or storage, such as 100m, 512Mi, 5Gi. */
export const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/, { error: 'must be an amount such as 100m, 512Mi or 5Gi' })
  .meta({ crd: { 'x-kubernetes-int-or-string': true } });

/** A time such as 30s, 5m, 2h or 7d. */
export const duration = z.string().regex(/^\d+(ms|s|m|h|d)$/, { error: 'must be a time such as 30s, 5m, 2h or 7d' });

/** A field that we write as text and for which the operator also accepts an object. */
export const openText = text.meta({ crd: { 'x-kubernetes-preserve-unknown-fields': true } });

export const quantities = z.record(z.string(), quantity);
export const resources = object({ requests: quantities, limits: quantities });
/** What Pod Security requires of a pod and of a container. */
export const podSecurity = object({
  fsGroup: count,
  runAsNonRoot: flag,
  runAsUser: count,
  runAsGroup: count,
  seccompProfile: object({ type: text }),
});
export const containerSecurity = object({
  allowPrivilegeEscalation: flag,
  capabilities: object({ drop: z.array(text) }),
  runAsNonRoot: flag.optional(),
  seccompProfile: object({ type: text }).optional(),
});
/** Secrets that the kubelet pulls images with. */
export const pullSecretsField = z.array(object({ name: text })).optional();
export const labelSelector = object({ matchLabels: labels.optional() });

type Schema = Readonly<Record<string, unknown>>;

/**
 * The structural schema of a definition: the types of the fields that we write; everything else is open. It checks
 * types only: others may write what upstream accepts, even where our own rules are narrower.
 */
export function structuralSchema(definition: z.ZodType): Schema {
  return toStructural(z.toJSONSchema(definition, { io: 'input' }));
}

type JsonSchema = z.core.JSONSchema.BaseSchema & { readonly crd?: Schema };

function toStructural(schema: JsonSchema): Schema {
  if (schema.crd !== undefined) return schema.crd;
  const { type, properties, items, additionalProperties } = schema;
  switch (type) {
    case 'object':
      return properties === undefined || Object.keys(properties).length === 0
        ? { type, ...freeKeys(additionalProperties) }
        : {
            type,
            properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, nested(field)])),
            'x-kubernetes-preserve-unknown-fields': true,
          };
    case 'array':
      return { type, items: nested(items) };
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return { type };
    default:
      return { 'x-kubernetes-preserve-unknown-fields': true };
  }
}

function freeKeys(values: unknown): Schema {
  const schema = nested(values);
  return 'type' in schema || 'x-kubernetes-int-or-string' in schema
    ? { additionalProperties: schema }
    : { 'x-kubernetes-preserve-unknown-fields': true };
}

function nested(field: unknown): Schema {
  return typeof field === 'object' && field !== null ? toStructural(field as JsonSchema) : {};
}
