import { createHash } from 'node:crypto';
import project from '../../../../package.json' with { type: 'json' };
import versions from '../../../../versions.json' with { type: 'json' };
import { externalDefaults } from '../../external-settings.ts';
import type { ComposeService, EnvironmentValue, HealthCheck, HostFile, Reference } from '../../kit/compose/service.ts';
import { renderYaml } from '../../kit/yaml.ts';
import { choices, type HostPortName, hostPorts, systems } from '../../pipeline.ts';
import { type ComposeServices, checkServices, memoryBudgetMiB, totalMemoryMiB } from './check.ts';

/** Generated files: path in the compose file's folder → content. */
export type ComposeFiles = ReadonlyMap<string, string>;

/** An empty file, mounted where the setting of a host file is not set. */
const noFile = 'config/none';

/**
 * The compose file and every file that it mounts. It uses only features of both docker-compose 1.29.2 and Compose v2.
 *
 * @param context the root of the repository, relative to the folder of the compose file
 * @throws Error if the services do not fit together
 */
export function renderCompose(services: ComposeServices, context = '..'): ComposeFiles {
  checkServices(services);
  const volumes = Object.values(services).flatMap((service) => service.volumes?.map(({ volume }) => volume) ?? []);
  const file = {
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, renderService(name, service, context)]),
    ),
    volumes: Object.fromEntries([...new Set(volumes)].map((volume) => [volume, {}])),
  };
  const files = new Map([['docker-compose.yml', `${header(services)}${renderYaml(file)}`]]);
  for (const { files: mounted = [], hostFiles = [] } of Object.values(services)) {
    for (const { name, content } of mounted) files.set(`config/${name}`, content);
    if (hostFiles.length > 0) files.set(noFile, '');
  }
  return files;
}

function header(services: ComposeServices): string {
  return [
    '# Generated from charts-ts/src by `npm run synth`; a test proves it fresh. Change it there, not here.',
    '# `.env` in the root of the repository names this file and sets the passwords: call docker-compose there.',
    `# Memory: the limits of all services sum up to ${totalMemoryMiB(services)} MiB, within ${memoryBudgetMiB} MiB.`,
    '',
  ].join('\n');
}

/** Keys whose value is undefined are left out of the file. */
function renderService(name: string, service: ComposeService, context: string): Readonly<Record<string, unknown>> {
  const { environment, files = [], publish, profile, temporary, stopSeconds } = service;
  return {
    ...renderImage(service.image, context),
    profiles: profile && [profile],
    entrypoint: service.command.map(literal),
    environment: environment && mapValues(environment, renderValue),
    volumes: renderMounts(service),
    ports: publish && renderPorts(name, publish),
    depends_on: renderNeeds(service),
    healthcheck: service.health && renderHealth(service.health),
    restart: service.health === undefined ? 'no' : 'unless-stopped',
    stop_grace_period: stopSeconds && `${stopSeconds}s`,
    user: service.user === 'root' ? '0:0' : service.user,
    read_only: service.writableBecause === undefined,
    tmpfs: temporary,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    // An init process passes signals on to the program and reaps what health checks leave behind.
    init: true,
    mem_limit: `${service.memoryMiB}m`,
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    // A changed file changes the service, so that `up` restarts it.
    labels: files.length === 0 ? undefined : { 'tidb-cdc.files': hashOf(files) },
  };
}

function renderImage(image: ComposeService['image'], context: string): Readonly<Record<string, unknown>> {
  if (typeof image === 'string') return { image: versions.images[image] };
  const name = `${project.name}/${image.build}:${project.version}`;
  // Only one service builds an image: Compose v2 builds all services at once, and two that export the same tag can fail
  // with "already exists". Without `never`, Compose v2 would ask a registry for the image of the others.
  if (image.builtBy !== undefined) return { image: name, pull_policy: 'never' };
  return {
    image: name,
    build: { context, target: image.build, args: { NODE_IMAGE: versions.images.node } },
  };
}

function renderMounts({
  files = [],
  hostFiles = [],
  configFolder,
  volumes = [],
}: ComposeService): readonly unknown[] | undefined {
  const bind = (source: string, target: string) => ({ type: 'bind', source, target, read_only: true });
  const mounts = [
    ...(configFolder === undefined ? [] : [bind('./config', configFolder)]),
    ...files.map(({ name, target }) => bind(`./config/${name}`, target)),
    ...hostFiles.map(({ setting, target }) => bind(hostFileSource(setting), target)),
    ...volumes.map(({ volume, target, readOnly }) => ({
      type: 'volume',
      source: volume,
      target,
      read_only: readOnly,
    })),
  ];
  return mounts.length === 0 ? undefined : mounts;
}

function hostFileSource(setting: HostFile['setting']): string {
  return `\${${setting}:-./${noFile}}`;
}

function renderPorts(name: string, publish: Readonly<Partial<Record<string, HostPortName>>>): string[] {
  const ports: Readonly<Record<string, number>> = systems[name as keyof typeof systems];
  return Object.entries(publish).flatMap(([port, variable]) =>
    variable === undefined ? [] : [`127.0.0.1:${renderReference({ reference: variable })}:${ports[port]}`],
  );
}

function renderNeeds({ afterHealthy = [], afterDone = [] }: ComposeService): unknown {
  const conditions = [
    ...afterHealthy.map((need) => [need, { condition: 'service_healthy' }]),
    ...afterDone.map((need) => [need, { condition: 'service_completed_successfully' }]),
  ];
  return conditions.length === 0 ? undefined : Object.fromEntries(conditions);
}

function renderHealth({ command }: HealthCheck): unknown {
  const test = ['CMD', ...command.map(literal)];
  // A first start on a slow disk takes minutes. Failures do not count within the start period.
  return { test, interval: '5s', timeout: '5s', retries: 6, start_period: '300s' };
}

function renderValue(value: EnvironmentValue): string {
  if (typeof value === 'string') return literal(value);
  return 'reference' in value ? renderReference(value) : value.map(renderValue).join('');
}

function renderReference({ reference }: Reference): string {
  const defaults: Readonly<Record<string, string | number>> = {
    ...hostPorts,
    ...choices,
    ...externalDefaults,
  };
  return reference in defaults
    ? `\${${reference}:-${defaults[reference]}}`
    : `\${${reference}:?is not set: set it in .env}`;
}

/** Escapes text for Compose, which interpolates variables everywhere: a literal dollar sign is doubled. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function hashOf(files: NonNullable<ComposeService['files']>): string {
  const hash = createHash('sha256');
  for (const { content } of files) hash.update(content).update('\0');
  return hash.digest('hex').slice(0, 16);
}
