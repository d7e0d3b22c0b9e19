import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodPeer } from '@tidb-cdc/charts/profile';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse, stringify } from 'yaml';

/** Who is let in to the console page of the profile. */
export const consolePeer = {
  namespace: { 'kubernetes.io/metadata.name': 'ingress' },
  pods: { app: 'ingress-controller' },
} satisfies PodPeer;

/** Writes the production profile, and the console page in it, into a folder. Gives the path. */
export function writeProductionProfile(folder: string): string {
  const shipped = parse(readFileSync(repositoryFile('k8s', 'profiles', 'production.yaml'), 'utf8')) as {
    programs: { consumer: string };
  };
  const page = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi', write: true, peers: [consolePeer] };
  const programs = { ...shipped.programs, console: shipped.programs.consumer.replace('/consumer@', '/console@') };
  const path = join(folder, 'production-with-console.yaml');
  writeFileSync(path, stringify({ ...shipped, programs, console: page }));
  return path;
}
