import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { repository, repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse } from 'yaml';

/** The value of a variable as docker-compose sees it; undefined when it is empty or not set. */
export type ReadVariable = (name: string) => string | undefined;

/** Reads variables as docker-compose does: from the environment, else from `.env`. */
export function composeVariables(env: NodeJS.ProcessEnv): ReadVariable {
  const file = parseEnv(readFileSync(repositoryFile('.env'), 'utf8'));
  return (name) => (env[name] ?? file[name]) || undefined;
}

/** The compose file that `.env` names: the whole system, or what does not run elsewhere. */
export interface ComposeFile {
  /** Path, from the root of the repository. */
  readonly name: string;
  /** Absolute path of the folder with the files that it mounts. */
  readonly configFolder: string;
  readonly services: ReadonlySet<string>;
  /** Names of the variables that it reads. */
  readonly variables: ReadonlySet<string>;
}

/** @throws Error if there is no such file */
export function readComposeFile(variable: ReadVariable): ComposeFile {
  // Files after the first are overrides.
  const [name = ''] = (variable('COMPOSE_FILE') ?? 'compose/docker-compose.yml').split(':');
  const path = resolve(repository, name);
  const text = readFileSync(path, 'utf8');
  const { services } = parse(text) as { services: Record<string, unknown> };
  return {
    name,
    configFolder: resolve(dirname(path), 'config'),
    services: new Set(Object.keys(services)),
    // A dollar sign that is not a variable is two.
    variables: new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, variable = '']) => variable)),
  };
}
