import { z } from 'zod';

/**
 * A system that the profile creates, by its sizes; or one that somebody runs already: `{external: {…}}`. For a wrong
 * key, a union would only report that neither form fits; this reports what is wrong with the form that is meant.
 */
export function oursOrExternal<Ours extends z.ZodType, External extends z.ZodType>(ours: Ours, external: External) {
  const theirs = z.strictObject({ external }, { error: standsAlone });
  return z.unknown().transform((value, context): z.output<Ours> | z.output<typeof theirs> => {
    const meant = typeof value === 'object' && value !== null && 'external' in value ? theirs : ours;
    const result = meant.safeParse(value, { reportInput: true });
    if (result.success) return result.data as z.output<typeof meant>;
    for (const { path, message, input } of result.error.issues) {
      context.issues.push({ code: 'custom', path, message, input });
    }
    return z.NEVER;
  });
}

/** Error message for keys next to `external`; undefined leaves the message to zod. */
function standsAlone({ code, keys }: { readonly code?: string; readonly keys?: unknown }): string | undefined {
  if (code !== 'unrecognized_keys' || !Array.isArray(keys)) return undefined;
  return `external stands alone: remove ${keys.join(', ')}, which cannot be set for a system that you already run`;
}

/**
 * The Secret with a client's login, if the profile names one.
 * @param secret one for all clients, or one per client
 */
export function clientSecret<C extends string>(
  secret: string | { readonly [client in C]?: string | undefined } | undefined,
  client: C,
): string | undefined {
  return typeof secret === 'object' ? secret[client] : secret;
}

/** URL of a system that somebody runs already. */
export const baseUrl = z.string().regex(/^https?:\/\/[^\s/:@]+:\d+$/, {
  error: 'must be http:// or https://, a host and a port, such as https://search.example.com:9200',
});
