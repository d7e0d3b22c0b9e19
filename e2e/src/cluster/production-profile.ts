import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse, stringify } from 'yaml';

/** The only peer that may reach the console page. */
const consolePeer = {
  namespace: { 'kubernetes.io/metadata.name': 'ingress' },
  pods: { app: 'ingress-controller' },
};

/** Text of a profile of k8s/profiles, with the digests that are left to users filled in. */
export function profileText(name: string): string {
  const text = readFileSync(repositoryFile('k8s', 'profiles', `${name}.yaml`), 'utf8');
  return text.replaceAll(/sha256:0{64}/g, `sha256:${'0a'.repeat(32)}`);
}

/** Writes the production profile, extended by the console page, to a folder. Returns its path. */
export function writeProductionProfile(folder: string): string {
  const shipped = parse(profileText('production')) as {
    programs: { consumer: string };
    peers: object;
  };
  const ingress = { host: 'console.example.com', tlsSecret: 'console-tls' };
  const page = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi', write: true, ingress };
  const programs = { ...shipped.programs, console: shipped.programs.consumer.replace('/consumer@', '/console@') };
  const path = join(folder, 'production-with-console.yaml');
  writeFileSync(
    path,
    stringify({ ...shipped, programs, peers: { ...shipped.peers, console: [consolePeer] }, console: page }),
  );
  return path;
}
