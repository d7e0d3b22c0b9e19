import { z } from 'zod';

const privileges = z.array(z.string().min(1)).min(1);

/** A user of Elasticsearch and the role of the same name, which holds its rights. */
export const elasticsearchUser = z.strictObject({
  username: z.string().regex(/^[a-z][a-z0-9_-]*$/, { error: 'must be lower-case letters, digits, _ and -' }),
  /** Environment variable of the job with the user's password: at least six characters. */
  passwordVariable: z.string().regex(/^[A-Z][A-Z0-9_]*_PASSWORD$/, { error: 'must be a name that ends in _PASSWORD' }),
  /** The body of `PUT /_security/role/<username>`. */
  role: z.strictObject({
    cluster: privileges,
    indices: z.array(z.strictObject({ names: privileges, privileges })).min(1),
  }),
});

export type ElasticsearchUser = z.infer<typeof elasticsearchUser>;
