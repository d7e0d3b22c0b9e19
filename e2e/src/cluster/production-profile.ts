import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse, stringify } from 'yaml';

/** The only peers that may reach the console page, and Kafka from outside the namespace. */
const furtherPeers = {
  console: [{ namespace: { 'kubernetes.io/metadata.name': 'ingress' }, pods: { app: 'ingress-controller' } }],
  kafka: [{ namespace: { 'kubernetes.io/metadata.name': 'database' }, pods: { app: 'ticdc' } }],
};

/** Text of a profile of k8s/profiles, with the digests that are left to users filled in. */
export function profileText(name: string): string {
  const text = readFileSync(repositoryFile('k8s', 'profiles', `${name}.yaml`), 'utf8');
  return text.replaceAll(/sha256:0{64}/g, `sha256:${'0a'.repeat(32)}`);
}

/** Writes the production profile, extended by the console page, to a folder. Returns its path. */
export function writeProductionProfile(folder: string): string {
  const shipped = readShipped<{ programs: { consumer: string }; peers: object }>('production');
  const ingress = { host: 'console.example.com', tlsSecret: 'console-tls' };
  const page = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi', write: true, ingress };
  const programs = { ...shipped.programs, console: shipped.programs.consumer.replace('/consumer@', '/console@') };
  const peers = { ...shipped.peers, ...furtherPeers };
  return write(folder, 'production-with-console', { ...shipped, programs, peers, console: page });
}

/** Writes the profile in which every system is external to a folder. Returns its path. */
export function writeExternalProfile(folder: string, namespace: string): string {
  return write(folder, 'external', { ...readShipped('external'), namespace });
}

function readShipped<T extends object>(name: string): T {
  return parse(profileText(name)) as T;
}

function write(folder: string, name: string, profile: object): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, stringify(profile));
  return path;
}
