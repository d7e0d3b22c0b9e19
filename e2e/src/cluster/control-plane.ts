import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchText } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { type ServerProcess, startServer } from '../server-process.ts';
import { AuditLog, auditPolicy } from './audit-log.ts';
import { Kubectl } from './kubectl.ts';
import { createMachines } from './machines.ts';
import type { ControlPlaneTools } from './tools.ts';

/** A running cluster without a kubelet: pods are scheduled, and kwok reports them as running. */
export interface ControlPlane {
  /** kubectl as cluster administrator. */
  readonly kubectl: Kubectl;
  /** All requests of ServiceAccounts. */
  readonly audit: AuditLog;
  /** Folder of this cluster only; `stop` removes it. */
  readonly folder: string;
  /** Loopback port of the apiserver. */
  readonly apiPort: number;
  /** File with the CA certificate for the apiserver's certificate. */
  readonly certificate: string;
  /** Ends all processes and removes the folder. */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** Loopback port that receives connections to a pod's port, by the pod's port, for all pods. @default none */
  readonly podPorts?: Readonly<Record<number, number>>;
}

/** Starts etcd, kube-apiserver with RBAC, the controllers, the scheduler and kwok on free loopback ports. */
export async function startControlPlane(
  tools: ControlPlaneTools,
  { podPorts = {} }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-cluster-'));
  const started: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    // Stop etcd last: without it, an apiserver takes a minute to end.
    for (const server of started.reverse()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (name: keyof ControlPlaneTools, args: readonly string[], isReady: () => Promise<void>) => {
    const logFile = join(folder, `${name}.log`);
    started.push(await startServer({ name, command: [tools[name], ...args], logFile, isReady }));
  };
  try {
    const etcd = await etcdSettings(folder);
    await start('etcd', etcd.args, async () => void (await fetchText(`${etcd.url}/health`)));
    const apiserver = await apiserverSettings(folder, etcd.url);
    const kubectl = new Kubectl({
      program: tools.kubectl,
      kubeconfig: apiserver.kubeconfig,
      cacheDir: apiserver.cache,
    });
    const answers = async (): Promise<void> => {
      await kubectl.run(['get', '--raw=/readyz'], { timeoutMs: 5_000 });
    };
    await start('kube-apiserver', apiserver.args, answers);
    const controllers = await controllerSettings(folder, apiserver.kubeconfig);
    await start('kube-controller-manager', controllers, async () => {
      await kubectl.get('serviceaccount', 'default', 'default');
    });
    await start('kube-scheduler', await schedulerSettings(folder, apiserver.kubeconfig), answers);
    await start('kwok', await kwokSettings(folder, tools.kwokStages, podPorts), answers);
    await createMachines(kubectl);
    return {
      kubectl,
      audit: new AuditLog(apiserver.auditLog),
      folder,
      apiPort: apiserver.port,
      certificate: certificate(folder),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function etcdSettings(folder: string): Promise<{ url: string; args: readonly string[] }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--data-dir=${join(folder, 'etcd')}`,
    '--name=test',
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    // The data need not survive the test.
    '--unsafe-no-fsync',
  ];
  return { url, args };
}

interface ApiserverSettings {
  readonly port: number;
  readonly kubeconfig: string;
  readonly cache: string;
  readonly auditLog: string;
  readonly args: readonly string[];
}

async function apiserverSettings(folder: string, etcdUrl: string): Promise<ApiserverSettings> {
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const file = (name: string): string => join(folder, name);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  mkdirSync(file('pki'));
  writeFileSync(file('pki/sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  writeFileSync(file('audit-policy.json'), JSON.stringify(auditPolicy));
  writeFileSync(file('kubeconfig'), JSON.stringify(kubeconfig(port, certificate(folder), token)), { mode: 0o600 });
  const args = [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    // The apiserver creates its own certificate in this folder.
    `--cert-dir=${file('pki')}`,
    `--token-auth-file=${file('tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('pki/sa.key')}`,
    `--service-account-signing-key-file=${file('pki/sa.key')}`,
    // The only address of the node that can be reached from here.
    '--kubelet-preferred-address-types=Hostname',
    `--audit-policy-file=${file('audit-policy.json')}`,
    `--audit-log-path=${file('audit.log')}`,
  ];
  return { port, kubeconfig: file('kubeconfig'), cache: file('kubectl-cache'), auditLog: file('audit.log'), args };
}

function certificate(folder: string): string {
  return join(folder, 'pki', 'apiserver.crt');
}

function kubeconfig(port: number, authority: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
}

async function controllerSettings(folder: string, kubeconfig: string): Promise<readonly string[]> {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    `--service-account-private-key-file=${join(folder, 'pki', 'sa.key')}`,
    `--root-ca-file=${certificate(folder)}`,
    `--cert-dir=${join(folder, 'pki')}`,
    '--leader-elect=false',
    '--controllers=*,-nodeipam,-cloud-node-lifecycle-controller',
  ];
}

async function schedulerSettings(folder: string, kubeconfig: string): Promise<readonly string[]> {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    `--cert-dir=${join(folder, 'pki')}`,
    '--leader-elect=false',
  ];
}

async function kwokSettings(
  folder: string,
  stages: string,
  podPorts: Readonly<Record<number, number>>,
): Promise<readonly string[]> {
  const port = await freePort();
  const config = join(folder, 'kwok.yaml');
  writeFileSync(config, `${readFileSync(stages, 'utf8')}\n---\n${JSON.stringify(podForwards(podPorts))}\n`);
  return [
    `--kubeconfig=${join(folder, 'kubeconfig')}`,
    '--manage-all-nodes=true',
    `--config=${config}`,
    `--server-address=127.0.0.1:${port}`,
    // kwok acts as the nodes' kubelet, to which the apiserver sends port-forwards.
    `--node-port=${port}`,
    `--tls-cert-file=${certificate(folder)}`,
    `--tls-private-key-file=${join(folder, 'pki', 'apiserver.key')}`,
  ];
}

function podForwards(podPorts: Readonly<Record<number, number>>): object {
  const forwards = Object.entries(podPorts).map(([podPort, port]) => ({
    ports: [Number(podPort)],
    target: { address: '127.0.0.1', port },
  }));
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterPortForward',
    metadata: { name: 'pods' },
    spec: { forwards },
  };
}
