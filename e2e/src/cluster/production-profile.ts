import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse, stringify } from 'yaml';

/** The only peer that may reach the console page. */
const consolePeer = {
  namespace: { 'kubernetes.io/metadata.name': 'ingress' },
  pods: { app: 'ingress-controller' },
};

/** Writes the production profile, extended by the console page, to a folder. Returns its path. */
export function writeProductionProfile(folder: string): string {
  const shipped = parse(readFileSync(repositoryFile('k8s', 'profiles', 'production.yaml'), 'utf8')) as {
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
