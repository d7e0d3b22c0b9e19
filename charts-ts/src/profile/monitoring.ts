import { z } from 'zod';
import { ingress } from './access.ts';
import { days, size, sized, stored, text, whole } from './values.ts';

export const prometheus = z.strictObject({ ...stored.shape, retention: days, scrapeIntervalSeconds: whole(1) });

/** Who is told of alerts: the Secret holds `url`, for mail `password`. */
const receiver = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('webhook'), secret: text }),
    z.strictObject({ type: z.literal('slack'), secret: text, channel: text }),
    z.strictObject({ type: z.literal('email'), secret: text, to: text, from: text, smarthost: text, username: text }),
  ],
  { error: 'must be of type webhook, slack or email' },
);

export const alertmanager = z.strictObject({
  ...sized.shape,
  /** @default alerts are seen in Alertmanager and on the dashboard, and nobody is told */
  receiver: receiver.optional(),
  /** Secret with the `url` that gets an alert that always fires, every minute. @default there is none */
  heartbeatSecret: text.optional(),
});

export const grafana = z.strictObject({ ...size.shape, ingress: ingress.optional() });
