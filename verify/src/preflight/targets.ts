import { readFileSync } from 'node:fs';
import { type HostPortName, hostPorts } from '@tidb-cdc/charts/pipeline';
import type { Problem } from '@tidb-cdc/runtime/problem';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse } from 'yaml';
import { composeSettings } from '../targets/compose.ts';
import { mountedFileProblems } from './mounted-files.ts';
import { portProblems, type WantedPort } from './ports.ts';

/** A valid port far from the one that is taken. */
const another = (port: number): number => (port <= 55_535 ? port + 10_000 : port - 10_000);

/** Per target, returns everything that keeps it from starting on this machine; empty when nothing does. */
export const preflights = {
  compose: async () => [
    ...(await portProblems(composePorts(process.env))),
    ...mountedFileProblems(repositoryFile('compose', 'config')),
  ],
  kubernetes: () => portProblems(kindPorts(readFileSync(repositoryFile('kind-config.yaml'), 'utf8'))),
} as const satisfies Readonly<Record<string, () => Promise<Problem[]>>>;

/** The ports that docker-compose will publish. */
export function composePorts(env: NodeJS.ProcessEnv): readonly WantedPort[] {
  const setting = composeSettings(env);
  return (Object.keys(hostPorts) as HostPortName[]).map((name) => {
    const port = Number(setting(name));
    return { port, instead: `${name}=${another(port)} in .env` };
  });
}

/** The ports that `kind create cluster` will publish, from the text of its configuration. */
export function kindPorts(config: string): readonly WantedPort[] {
  const { nodes } = parse(config) as { nodes: { extraPortMappings?: { hostPort: number }[] }[] };
  return nodes.flatMap(({ extraPortMappings = [] }) =>
    extraPortMappings.map(({ hostPort: port }) => ({
      port,
      instead: `hostPort: ${another(port)} in kind-config.yaml`,
    })),
  );
}
