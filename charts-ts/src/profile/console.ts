import { z } from 'zod';
import { ingress } from './access.ts';
import { flag, size } from './values.ts';

/** The console page, behind a login that is made up in the cluster. */
export const consolePage = z.strictObject({
  ...size.shape,
  /** Whether dead letters can be sent again from it; it changes nothing else. */
  write: flag.default(false),
  /** @default a port-forward is the only way to it */
  ingress: ingress.optional(),
});
