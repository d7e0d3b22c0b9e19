import { z } from 'zod';
import { baseUrl, oursOrExternal } from './external.ts';
import { flag, host, hostPorts, sized, stored, text, whole } from './values.ts';

/** A laptop's TiKV: few open files, a small cache, no disk held back for when it is full. */
const small = flag.default(false);

/** `ticdc.storage` is for what TiCDC sorts on disk: hours of changes, while Kafka is away. */
const ownTidb = z.strictObject({
  pd: stored,
  tikv: z.strictObject({ ...stored.shape, small }),
  tidb: sized,
  ticdc: stored,
});

const externalTicdc = z.strictObject({
  /** Of its Open API. */
  url: baseUrl,
  /** Secret with `username` and `password`, where TiCDC asks for a login (`client-user-required`). */
  secret: text.optional(),
  /** Secret with the certificate authority of the API, at `ca.crt`. @default one that Node.js knows */
  caSecret: text.optional(),
  /** Kafka's brokers as TiCDC reaches them. @default as clients in the cluster do */
  kafkaBrokers: hostPorts.optional(),
  /** Path of the PEM file with Kafka's certificate authority on every host of TiCDC. @default those of the host */
  kafkaCaFile: z.string().startsWith('/', { error: 'must be a path that begins with /' }).optional(),
});

const externalTidb = z.strictObject({
  /** Whether the changefeed is created here; `false`: somebody else does, and the consumer goes by the messages. */
  changefeed: flag.default(true),
  ticdc: externalTicdc.optional(),
  /** For the demo: the Secret has `username` and `password` of who may make databases and users. */
  sql: z.strictObject({ host, port: whole(1).default(4000), secret: text }).optional(),
});

export const tidb = oursOrExternal(ownTidb, externalTidb);

/** Whether the changefeed is created here. */
export function createsChangefeed(system: z.infer<typeof tidb>): boolean {
  return !('external' in system) || system.external.changefeed;
}

/** TiDB with TiCDC that TiDB Operator runs for us. */
export type OwnTidb = z.infer<typeof ownTidb>;
/** TiDB with TiCDC of somebody else. */
export type ExternalTidb = z.infer<typeof externalTidb>;
