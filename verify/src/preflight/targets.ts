import { readFileSync } from 'node:fs';
import { type HostPortName, hostPorts } from '@tidb-cdc/charts/pipeline';
import type { Problem } from '@tidb-cdc/runtime/problem';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse } from 'yaml';
import { composeSettings } from '../targets/compose.ts';
import { mountedFileProblems } from './mounted-files.ts';
import { portProblems, type WantedPort } from './ports.ts';

/** Far enough from the port that is taken, and still a port. */
const another = (port: number): number => (port <= 55_535 ? port + 10_000 : port - 10_000);

/** What keeps each target from starting on this machine, all of it; empty where nothing does. */
export const preflights = {
  compose: async () => [
    ...(await portProblems(composePorts(process.env))),
    ...mountedFileProblems(repositoryFile('compose', 'config')),
  ],
  kubernetes: () => portProblems(kindPorts(readFileSync(repositoryFile('kind-config.yaml'), 'utf8'))),
} as const satisfies Readonly<Record<string, () => Promise<Problem[]>>>;

/** The ports that docker-compose would publish. */
export function composePorts(env: NodeJS.ProcessEnv): readonly WantedPort[] {
  const setting = composeSettings(env);
  return (Object.keys(hostPorts) as HostPortName[]).map((name) => {
    const port = Number(setting(name));
    return { port, instead: `${name}=${another(port)} in .env` };
  });
}

/** The ports that `kind create cluster` would publish, by the text of its configuration. */
export function kindPorts(config: string): readonly WantedPort[] {
  const { nodes } = parse(config) as { nodes: { extraPortMappings?: { hostPort: number }[] }[] };
  return nodes.flatMap(({ extraPortMappings = [] }) =>
    extraPortMappings.map(({ hostPort: port }) => ({
      port,
      instead: `hostPort: ${another(port)} in kind-config.yaml`,
    })),
  );
}
