import { z } from 'zod';

/** Types of values in a profile, each with the error message for a wrong value. */

const memory = z.string().regex(/^\d+(Mi|Gi)$/, { error: 'must be an amount of memory such as 512Mi or 2Gi' });
const storage = z.string().regex(/^\d+Gi$/, { error: 'must be an amount of storage such as 5Gi' });
const cpu = z.string().regex(/^\d+m?$/, { error: 'must be an amount of CPU such as 100m or 2' });
export const days = z.string().regex(/^[1-9]\d*d$/, { error: 'must be a number of days such as 7d' });
export const text = z.string().min(1, { error: 'must not be empty' });
export const whole = (min: number) =>
  z
    .number({ error: `must be a whole number, at least ${min}` })
    .int()
    .min(min, { error: `must be at least ${min}` });
export const flag = z.boolean({ error: 'must be true or false' });
export const byDigest = z.string().regex(/^\S+@sha256:[0-9a-f]{64}$/, {
  error: 'must name an image by its digest: <registry>/<name>@sha256:<64 hexadecimal digits>',
});

export const registry = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, {
    error: 'must be a registry without https:// and without a slash at its end, such as registry.example.com/mirror',
  })
  .optional();

/** Requests and limits of one container. CPU has no limit: throttling would show as lag. */
export const size = z.strictObject({ cpu, memory, memoryLimit: memory });
export const sized = z.strictObject({ ...size.shape, replicas: whole(1) });
export const stored = z.strictObject({ ...sized.shape, storage });
export const heap = z.string().regex(/^\d+m$/, { error: "must be the size of Java's heap such as 384m" });
export const labels = z.record(z.string(), z.string(), { error: 'must be labels: <name>: <value>' });
export const hostPort = z.string().regex(/^[^\s/:]+:\d+$/, { error: 'must be host:port' });
export const hostPorts = z.array(hostPort).min(1, { error: 'must name at least one address' });
export const host = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, { error: 'must be a host name without a port' });

/** Converts a number of days such as 7d to hours. */
export function dayHours(amount: string): number {
  return Number.parseInt(amount, 10) * 24;
}
