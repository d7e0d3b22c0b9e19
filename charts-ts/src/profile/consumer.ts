import { databasePort } from '@tidb-cdc/runtime/names';
import { z } from 'zod';
import { host, stored, text, whole } from './values.ts';

const autoscaling = z.strictObject({
  maxReplicas: whole(2),
  /** `cpu` needs metrics-server, `lag` an adapter that serves `cdc_consumer_lag` as an external metric. */
  metric: z.enum(['cpu', 'lag'], { error: 'must be cpu or lag' }),
  /** Percent of the CPU request, or waiting messages per replica. */
  target: whole(1),
});

/** Where to read rows over the size limit, which TiCDC sends with their key only. */
const rowLookup = z.strictObject({
  /** TiDB's host. @default the TiDB of this profile */
  host: host.optional(),
  port: whole(1).default(databasePort),
  /** Secret with `username` and `password` of a user who may read the captured tables. */
  secret: text,
  /** Secret with TiDB's certificate authority under the key `ca.crt`. @default the connection is not encrypted */
  caSecret: text.optional(),
});

/** `storage` holds the events that are not shipped yet, so it limits how long Elasticsearch may be away. */
export const consumer = z.strictObject({
  ...stored.shape,
  autoscaling: autoscaling.optional(),
  /** @default such rows keep their key only */
  rowLookup: rowLookup.optional(),
});
