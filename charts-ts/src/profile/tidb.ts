import { z } from 'zod';
import { baseUrl, oursOrExternal } from './external.ts';
import { flag, host, hostPorts, sized, stored, text, whole } from './values.ts';

/** TiKV for a laptop: few open files, a small cache, no disk space reserved for a full disk. */
const small = flag.default(false);

/** `ticdc.storage` is for what TiCDC sorts on disk: while Kafka is away, hours of changes. */
const ownTidb = z.strictObject({
  pd: stored,
  tikv: z.strictObject({ ...stored.shape, small }),
  tidb: sized,
  ticdc: stored,
});

const externalTicdc = z.strictObject({
  /** URL of its Open API. */
  url: baseUrl,
  /** Secret with `username` and `password`, if TiCDC requires a login (`client-user-required`). */
  secret: text.optional(),
  /** Secret with the API's certificate authority under the key `ca.crt`. @default one that Node.js knows */
  caSecret: text.optional(),
  /** Kafka's brokers as seen from TiCDC. @default the addresses that clients in the cluster use */
  kafkaBrokers: hostPorts.optional(),
  /** Path of the PEM file with Kafka's certificate authority on every TiCDC host. @default the host's authorities */
  kafkaCaFile: z.string().startsWith('/', { error: 'must be a path that begins with /' }).optional(),
});

const externalTidb = z.strictObject({
  /** Whether the changefeed is created here. If not, somebody else creates it, and the messages show its protocol. */
  changefeed: flag.default(true),
  ticdc: externalTicdc.optional(),
  /** For the demo. The Secret has `username` and `password` of a user who may create databases and users. */
  sql: z.strictObject({ host, port: whole(1).default(4000), secret: text }).optional(),
});

export const tidb = oursOrExternal(ownTidb, externalTidb);

/** Whether the changefeed is created here. */
export function createsChangefeed(system: z.infer<typeof tidb>): boolean {
  return !('external' in system) || system.external.changefeed;
}

/** TiDB with TiCDC that TiDB Operator runs for us. */
export type OwnTidb = z.infer<typeof ownTidb>;
/** TiDB with TiCDC that somebody else runs. */
export type ExternalTidb = z.infer<typeof externalTidb>;
