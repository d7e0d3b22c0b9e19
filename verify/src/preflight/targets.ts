import { readFileSync } from 'node:fs';
import { requiredSettings } from '@tidb-cdc/charts/external-settings';
import { credentials, type HostPortName, hostPorts } from '@tidb-cdc/charts/pipeline';
import type { Problem } from '@tidb-cdc/runtime/problem';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse } from 'yaml';
import { composeSettings } from '../targets/compose.ts';
import { composeVariables, readComposeFile } from '../targets/compose-file.ts';
import { mountedFileProblems } from './mounted-files.ts';
import { portProblems, type WantedPort } from './ports.ts';

/** A valid port far from the one that is taken. */
const another = (port: number): number => (port <= 55_535 ? port + 10_000 : port - 10_000);

/** Per target, returns everything that keeps it from starting on this machine; empty when nothing does. */
export const preflights = {
  compose: () => composeProblems(process.env),
  kubernetes: () => portProblems(kindPorts(readFileSync(repositoryFile('kind-config.yaml'), 'utf8'))),
} as const satisfies Readonly<Record<string, () => Promise<Problem[]>>>;

/** Ports that are taken, files that containers cannot read, and settings that are missing. */
async function composeProblems(env: NodeJS.ProcessEnv): Promise<Problem[]> {
  const { configFolder } = readComposeFile(composeVariables(env));
  return [...missingSettings(env), ...(await portProblems(composePorts(env))), ...mountedFileProblems(configFolder)];
}

/** A problem for each setting that the compose file needs to start and that nobody has set. */
export function missingSettings(env: NodeJS.ProcessEnv): Problem[] {
  const variable = composeVariables(env);
  const { variables } = readComposeFile(variable);
  const external = requiredSettings.filter(({ name, unlessFalse }) => {
    const needless = unlessFalse !== undefined && variable(unlessFalse) === 'false';
    return variables.has(name) && !needless;
  });
  const passwords = Object.entries(credentials).filter(([name]) => variables.has(name));
  return [...external, ...passwords.map(([name, what]) => ({ name, what: `password of ${what}` }))]
    .filter(({ name }) => variable(name) === undefined)
    .map(({ name, what }) => ({ what: `${name} is not set: ${what}`, remedy: `set ${name} in .env` }));
}

/** The ports that docker-compose will publish. */
export function composePorts(env: NodeJS.ProcessEnv): readonly WantedPort[] {
  const setting = composeSettings(env);
  const { variables } = readComposeFile(composeVariables(env));
  const published = (Object.keys(hostPorts) as HostPortName[]).filter((name) => variables.has(name));
  return published.map((name) => {
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
