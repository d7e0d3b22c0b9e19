import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { repository, repositoryFile } from '@tidb-cdc/runtime/repository';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fetchGoProgram } from '../../src/go-programs.ts';

/** A service, as both versions of Compose print it. */
interface Service {
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[];
}

type Services = Readonly<Record<string, Service>>;

type Variables = Readonly<Record<string, string>>;

const options = { cwd: repository, timeout: 60_000 };

/** With only `.env`, as the README says. */
const wholeSystem: Variables = {};

/** The example for systems that run elsewhere, with its own settings filled in. */
function externalExample(): Variables {
  const example = parseEnv(readFileSync(repositoryFile('compose', 'external', '.env.example'), 'utf8'));
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      return [name, value || (name.endsWith('_CA_FILE') ? '/etc/ssl/ca.pem' : 'filled-in')];
    }),
  );
}

/** The services as docker-compose 1.29.2 reads them. It escapes `$` as `$$` in its output, too. */
async function readByDockerCompose(env: Variables): Promise<Services> {
  const { stdout } = await execa('docker-compose', ['--profile', 'demo', 'config'], { ...options, env });
  return (parse(stdout.replaceAll('$$', '$')) as { services: Services }).services;
}

/** The services as Compose v2 reads them, validated against the schema of the Compose specification. */
async function readByComposeV2(env: Variables): Promise<Services> {
  const { stdout } = await execa(await fetchGoProgram('compose', console.log), { ...options, env });
  return (JSON.parse(stdout) as { services: Services }).services;
}

const missing = ['docker-compose', 'go'].filter((program) => findOnPath(program) === undefined);
if (missing.length > 0) console.log(`compose: skipped: not installed: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0)('the compose file', () => {
  test.each([
    ['of the whole system', wholeSystem],
    ['of compose/external', externalExample()],
  ])('%s is valid for docker-compose 1.29.2 and for Compose v2, and the same to both', async (_name, env) => {
    const [one, two] = [await readByDockerCompose(env), await readByComposeV2(env)];
    expect(Object.keys(one).sort()).toEqual(Object.keys(two).sort());
    for (const [name, service] of Object.entries(one)) expect(essence(service), name).toEqual(essence(two[name]));
  });
});

/** The fields that decide how a service runs, in a common form. */
function essence(service: Service | undefined): unknown {
  if (service === undefined) return undefined;
  const { image, entrypoint, environment = {}, user, depends_on = {}, healthcheck, volumes = [] } = service;
  return {
    image,
    entrypoint,
    environment,
    user,
    health: healthcheck?.test,
    needs: Object.entries(depends_on)
      .map(([name, { condition }]) => `${name} ${condition}`)
      .sort(),
    mounts: volumes.map(({ type, source, target }) => `${type} ${source} ${target}`),
  };
}
