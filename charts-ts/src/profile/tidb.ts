import { z } from 'zod';
import { flag, sized, stored } from './values.ts';

/** A laptop's TiKV: few open files, a small cache, no disk held back for when it is full. */
const small = flag.default(false);

/** `ticdc.storage` is for what TiCDC sorts on disk: hours of changes, while Kafka is away. */
export const tidb = z.strictObject({
  pd: stored,
  tikv: z.strictObject({ ...stored.shape, small }),
  tidb: sized,
  ticdc: stored,
});
