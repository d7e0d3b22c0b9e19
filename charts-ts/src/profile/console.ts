import { z } from 'zod';
import { ingress } from './access.ts';
import { flag, size } from './values.ts';

/** The console page, behind a login that is generated in the cluster. */
export const consolePage = z.strictObject({
  ...size.shape,
  /** Whether dead letters can be sent again from the page, the only change that it can make. */
  write: flag.default(false),
  /** @default none: only a port-forward reaches the page */
  ingress: ingress.optional(),
});
