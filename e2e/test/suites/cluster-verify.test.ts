import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { elasticsearchCaSecret, elasticsearchService, elasticsearchSuperuser } from '@tidb-cdc/charts/elastic/facts';
import { selectorLabels } from '@tidb-cdc/charts/kit/kubernetes/metadata';
import { restrictedContainer, restrictedPod } from '@tidb-cdc/charts/kit/kubernetes/pod';
import { systems } from '@tidb-cdc/charts/pipeline';
import { applicationSecret, tidbHosts } from '@tidb-cdc/charts/tidb/facts';
import { afterAll, expect, test } from 'vitest';
import { distFolder } from '../../src/cluster/manifests.ts';
import { startTlsServer, type TlsServer } from '../../src/cluster/tls-server.ts';
import { EmbeddedSystem } from '../../src/embedded.ts';
import { fetchGoProgram } from '../../src/go-programs.ts';
import { freePortOffset } from '../../src/processes.ts';
import { type Ending, runToEnd } from '../../src/program.ts';
import { describeOnCluster, say } from '../cluster-stage.ts';

const namespace = 'cdc';
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-verify-'));
const elasticPassword = 'made-by-ECK';
let system: EmbeddedSystem | undefined;
let elasticsearch: TlsServer | undefined;

function pod(name: string, port: number, labels: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `stand-in-${name}`, namespace, labels },
    spec: {
      securityContext: restrictedPod(1000),
      containers: [
        {
          name,
          image: name,
          ports: [{ name: 'web', containerPort: port }],
          securityContext: restrictedContainer,
        },
      ],
    },
  };
}

/** A pod and its Service, which an operator would create: neither is in dist/. */
function podAndService(name: string, port: number): object[] {
  const labels = { 'stand-in': name };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ port }] },
  };
  return [pod(name, port, labels), service];
}

function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
}

/** The pods' ports lead to a real system on this machine, instead of what the operators would run. */
describeOnCluster(
  'npm run verify -- --target kubernetes',
  (stage) => {
    afterAll(async () => {
      elasticsearch?.close();
      await system?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Runs verify as a user would, with kubectl first on PATH and pointing to the cluster. */
    async function verify(...args: string[]): Promise<Ending> {
      const tools = join(folder, 'bin');
      mkdirSync(tools, { recursive: true });
      const kubectl = await fetchGoProgram('kubectl', say);
      rmSync(join(tools, 'kubectl'), { force: true });
      symlinkSync(kubectl, join(tools, 'kubectl'));
      const env = {
        PATH: [tools, process.env.PATH].join(delimiter),
        KUBECONFIG: join(stage().plane.folder, 'kubeconfig'),
      };
      return runToEnd('verify/src/main.ts', { args: ['--target', 'kubernetes', ...args], env });
    }

    test('says what is missing while the system is on its way', async () => {
      const { code, output } = await verify('--start-timeout', '1');
      expect(code).toBe(1);
      expect(output).toContain(
        'gave up waiting for the pods of the consumer in namespace cdc after 1 s: none is running',
      );
    });

    test('finds ports and passwords in the cluster, and agrees', async () => {
      const { kubectl } = stage().plane;
      await kubectl.run(['apply', '-f', distFolder]);
      const { sql } = system?.endpoints ?? {};
      await kubectl.create(
        secret(applicationSecret, { password: sql?.appPassword ?? '' }),
        secret(elasticsearchCaSecret, { 'ca.crt': elasticsearch?.authority ?? '' }),
        secret(elasticsearchSuperuser.password.secret, { [elasticsearchSuperuser.password.key]: elasticPassword }),
        ...podAndService(tidbHosts.kubernetes, systems.tidb.sql),
        ...podAndService(elasticsearchService, systems.elasticsearch.http),
        pod('prometheus', systems.prometheus.http, selectorLabels('prometheus')),
      );
      const { code, output } = await verify(
        '--start-timeout',
        '60',
        '--inserts',
        '60',
        '--updates',
        '30',
        '--deletes',
        '20',
      );
      expect(output).toContain('all agree');
      expect(code, output).toBe(0);
    });

    test('stops where more than one consumer counts, and says what to do', async () => {
      const { kubectl } = stage().plane;
      await kubectl.run(['scale', 'statefulset/consumer', '--replicas=2', `--namespace=${namespace}`]);
      await kubectl.run(['rollout', 'status', 'statefulset/consumer', `--namespace=${namespace}`, '--timeout=60s']);
      const { code, output } = await verify();
      expect(code).toBe(1);
      expect(output).toContain('scale statefulset/consumer --replicas=1');
    });
  },
  {
    settings: async () => {
      system = new EmbeddedSystem(folder, await freePortOffset(25_000));
      await system.start([], say);
      const { sql, consumer, prometheus, elasticsearch: behind } = system.endpoints;
      elasticsearch = await startTlsServer({
        serverName: `${elasticsearchService}.${namespace}.svc`,
        behind,
        username: elasticsearchSuperuser.username,
        password: elasticPassword,
        folder,
      });
      const portOf = (url: string) => Number(new URL(url).port);
      return {
        podPorts: {
          [systems.tidb.sql]: sql.port,
          [systems.consumer.http]: portOf(consumer),
          [systems.elasticsearch.http]: elasticsearch.port,
          [systems.prometheus.http]: portOf(prometheus),
        },
      };
    },
  },
);
