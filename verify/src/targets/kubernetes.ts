import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { elasticsearchCaSecret, elasticsearchService, elasticsearchSuperuser } from '@tidb-cdc/charts/elastic/facts';
import { appUser, database, systems } from '@tidb-cdc/charts/pipeline';
import { type Profile, profilePath, readProfile } from '@tidb-cdc/charts/profile';
import { applicationSecret, sqlAccess } from '@tidb-cdc/charts/tidb/facts';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { type ExternalUrls, externalUrls } from '../kubernetes/external.ts';
import { forwardPort } from '../kubernetes/port-forward.ts';
import { startTlsRelay } from '../kubernetes/tls-relay.ts';
import type { SystemAccess, Target } from '../target.ts';
import { checkComplete, RefusedError } from './check-complete.ts';

export interface KubernetesTargetOptions {
  /** How long parts may take to start: the first start pulls gigabytes of images. */
  readonly startTimeoutMs: number;
  /** Whether to keep waiting after a refusal, which may be temporary. @default false */
  readonly wait?: boolean;
  /** Name or path of the profile that the cluster has. @default kind */
  readonly profile?: string;
}

const kubectlTimeoutMs = 30_000;

/**
 * The system in the cluster of kubectl's current context. It is reached through port-forwards, which end with this
 * process. Passwords are read from the cluster's Secrets.
 */
export function kubernetesTarget(options: KubernetesTargetOptions): Target {
  const { startTimeoutMs, profile: name = 'kind' } = options;
  return {
    async open(progress) {
      const profile = await readProfile(profilePath(name));
      const { namespace, demo } = profile;
      if (!demo) {
        throw new SettingsError([`profile ${name}: demo=false: verify writes to the demo's tables: it must be true`]);
      }
      const external = externalUrls(profile);
      const bound = {
        timeoutMs: startTimeoutMs,
        intervalMs: 5_000,
        progress,
        isFinal: (error: unknown) => !options.wait && error instanceof RefusedError,
      };
      await waitFor(`the pods of the consumer in namespace ${namespace}`, () => checkOneConsumer(namespace), bound);
      const access = await waitFor(`the system in namespace ${namespace}`, () => accessTo(profile, external), bound);
      progress(`forwarded ports of namespace ${namespace} to this machine`);
      return access;
    },
  };
}

/** Checks that exactly one consumer runs: one pod's counter does not include what other pods counted. */
async function checkOneConsumer(namespace: string): Promise<void> {
  const pods = await kubectl(namespace, [
    'get',
    'pods',
    '--selector=app.kubernetes.io/name=consumer',
    '--field-selector=status.phase=Running',
    '--output=name',
  ]);
  const running = pods.split('\n').filter((line) => line !== '').length;
  if (running === 0) throw new Error('none is running');
  if (running > 1) {
    throw new FinalError(
      `${running} consumers run in namespace ${namespace}, but verify compares with the counter of one. While it runs, ` +
        `scale to one: kubectl --namespace=${namespace} scale statefulset/consumer --replicas=1`,
    );
  }
}

/** Forwards a port of a Service to this machine, and returns the port here. */
type Forward = (service: string, port: number) => Promise<number>;

/** Opens port-forwards and returns when everything responds through them. On failure, closes what it opened. */
async function accessTo(profile: Profile, external: ExternalUrls): Promise<SystemAccess> {
  const { namespace } = profile;
  const opened: { close(): void }[] = [];
  const forward: Forward = async (service, port) => {
    const one = await forwardPort({ namespace, to: `service/${service}`, port });
    opened.push(one);
    return one.port;
  };
  try {
    const access = {
      sql: {
        ...(await reachSql(profile, forward)),
        user: appUser,
        password: await secretValue(namespace, applicationSecret, 'password'),
        database,
      },
      consumer: `http://127.0.0.1:${await forward('consumer', systems.consumer.http)}`,
      elasticsearch: external.elasticsearch ?? (await reachElasticsearch(namespace, forward)),
      prometheus: external.prometheus ?? `http://127.0.0.1:${await forward('prometheus', systems.prometheus.http)}`,
    };
    const { secret, key } = elasticsearchSuperuser.password;
    await checkComplete(access, {
      sql: `Secret ${applicationSecret} in namespace ${namespace}, key password`,
      elasticsearch:
        external.elasticsearch === undefined
          ? `Secret ${secret} in namespace ${namespace}, key ${key}`
          : 'ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD',
    });
    return access;
  } catch (error) {
    for (const one of opened) one.close();
    throw error;
  }
}

async function reachElasticsearch(namespace: string, forward: Forward): Promise<string> {
  const { username, password } = elasticsearchSuperuser;
  return startTlsRelay({
    port: await forward(elasticsearchService, systems.elasticsearch.http),
    serverName: `${elasticsearchService}.${namespace}.svc`,
    authority: await secretValue(namespace, elasticsearchCaSecret, 'ca.crt'),
    username,
    password: await secretValue(namespace, password.secret, password.key),
  });
}

/** There is no pod to forward a port to where the database is external: it is reached as from the cluster. */
async function reachSql(profile: Profile, forward: Forward) {
  const { host, port } = sqlAccess(profile);
  return 'external' in profile.tidb ? { host, port } : { host: '127.0.0.1', port: await forward(host, port) };
}

async function secretValue(namespace: string, secret: string, key: string): Promise<string> {
  const path = `--output=jsonpath={.data.${key.replaceAll('.', '\\.')}}`;
  const value = await kubectl(namespace, ['get', 'secret', secret, path]);
  if (value === '') throw new Error(`Secret ${secret} in namespace ${namespace} has no key ${key}`);
  return Buffer.from(value, 'base64').toString('utf8');
}

async function kubectl(namespace: string, args: readonly string[]): Promise<string> {
  try {
    const all = [`--namespace=${namespace}`, ...args];
    return (await promisify(execFile)('kubectl', all, { timeout: kubectlTimeoutMs })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new FinalError('kubectl is not on PATH: install it, and point it at the cluster');
    }
    // The last line matters; kubectl's own attempts come before it.
    const said = (error as { stderr?: string }).stderr?.trimEnd().split('\n').at(-1);
    const text = `kubectl ${args.join(' ')}: ${said ?? (error as Error).message}`;
    if (/Forbidden|Unauthorized|must be logged in/.test(text)) {
      throw new RefusedError(`${text}. Check the user of kubectl's current context`, { cause: error });
    }
    throw new Error(text, { cause: error });
  }
}
