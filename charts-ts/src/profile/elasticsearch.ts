import { z } from 'zod';
import { heap, stored, whole } from './values.ts';

export const elasticsearch = z.strictObject({
  ...stored.shape,
  heap,
  /** Copies of each shard beside the primary. */
  indexReplicas: whole(0),
});
