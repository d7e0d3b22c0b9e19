import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { repository } from '@tidb-cdc/runtime/repository';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fetchGoProgram } from '../../src/go-programs.ts';

/** A service as both readers print it. */
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

/** In the root of the repository, with nothing but `.env`, as the README says. */
const options = { cwd: repository, timeout: 60_000 };

/** What docker-compose 1.29.2 understands; a dollar sign is two in its output too. */
async function readByDockerCompose(): Promise<Services> {
  const { stdout } = await execa('docker-compose', ['--profile', 'demo', 'config'], options);
  return (parse(stdout.replaceAll('$$', '$')) as { services: Services }).services;
}

/** What Compose v2 understands, checked against the Compose specification's own schema. */
async function readByComposeV2(): Promise<Services> {
  const { stdout } = await execa(await fetchGoProgram('compose', console.log), options);
  return (JSON.parse(stdout) as { services: Services }).services;
}

const missing = ['docker-compose', 'go'].filter((program) => findOnPath(program) === undefined);
if (missing.length > 0) console.log(`compose: skipped: not installed: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0)('the compose file', () => {
  test('is valid for docker-compose 1.29.2 and for Compose v2, and the same to both', async () => {
    const [one, two] = [await readByDockerCompose(), await readByComposeV2()];
    expect(Object.keys(one).sort()).toEqual(Object.keys(two).sort());
    for (const [name, service] of Object.entries(one)) expect(essence(service), name).toEqual(essence(two[name]));
  });
});

/** What decides how a service runs, in one form. */
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
