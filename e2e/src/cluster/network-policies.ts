import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubernetesObject } from './kubernetes-object.ts';

type Labels = Readonly<Record<string, string>>;

/** One end of a connection: a pod, or an address outside the cluster. */
export type Peer = { readonly namespace: string; readonly labels: Labels } | 'outside';

export interface Connection {
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/**
 * Whether the policies allow each connection, in the order of the connections.
 * @param cyclonus path of the program that evaluates the policies: https://github.com/mattfenwick/cyclonus
 * @param folder for cyclonus's input files
 */
export async function passes(
  cyclonus: string,
  folder: string,
  policies: readonly KubernetesObject[],
  connections: readonly Connection[],
): Promise<readonly boolean[]> {
  const policyFile = join(folder, 'policies.json');
  const trafficFile = join(folder, 'traffic.json');
  const list = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicyList', items: policies };
  writeFileSync(policyFile, JSON.stringify(list));
  writeFileSync(trafficFile, JSON.stringify(connections.map(traffic)));
  const args = ['analyze', '--mode=query-traffic', `--policy-path=${policyFile}`, `--traffic-path=${trafficFile}`];
  const { stdout } = await promisify(execFile)(cyclonus, args, { maxBuffer: 256 * 1024 * 1024 });
  const answers = [...stdout.matchAll(/^\|\s*IS ALLOWED\?\s*\|\s*(TRUE|FALSE)\s*\|/gm)].map(([, answer]) => answer);
  if (answers.length !== connections.length) {
    throw new Error(`cyclonus answered ${answers.length} of ${connections.length} questions: ${stdout.slice(-2_000)}`);
  }
  return answers.map((answer) => answer === 'TRUE');
}

function traffic({ from, to, port, protocol }: Connection): object {
  return { Source: end(from), Destination: end(to), ResolvedPort: port, ResolvedPortName: '', Protocol: protocol };
}

function end(peer: Peer): object {
  if (peer === 'outside') return { IP: '192.0.2.7' };
  const { namespace, labels } = peer;
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace };
  return { Internal: { Namespace: namespace, NamespaceLabels: namespaceLabels, PodLabels: labels }, IP: '10.0.0.1' };
}
