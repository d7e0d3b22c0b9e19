import { z } from 'zod';
import { stored, whole } from './values.ts';

const autoscaling = z.strictObject({
  maxReplicas: whole(2),
  /** `cpu` needs metrics-server, `lag` an adapter that serves `cdc_consumer_lag` as an external metric. */
  metric: z.enum(['cpu', 'lag'], { error: 'must be cpu or lag' }),
  /** Percent of the CPU request, or messages that wait for each replica. */
  target: whole(1),
});

/** `storage` holds the events that are not shipped yet: so long Elasticsearch may be away. */
export const consumer = z.strictObject({ ...stored.shape, autoscaling: autoscaling.optional() });
