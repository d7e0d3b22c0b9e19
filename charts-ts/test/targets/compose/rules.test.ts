import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { choices, credentials, hostPorts } from '../../../src/pipeline.ts';
import { files, services } from './rendered-file.ts';

const env = parseEnv(readFileSync(fileURLToPath(new URL('../../../../.env', import.meta.url)), 'utf8'));
const entries = Object.entries(services);

describe('every service', () => {
  test('has an image with a version', () => {
    for (const [name, { image, build }] of entries) {
      expect(image, name).toMatch(/:v?\d+\.\d+/);
      if (build !== undefined) expect(build.args.NODE_IMAGE, name).toMatch(/^node:\d+\.\d+\.\d+-/);
    }
  });

  test('has no right that it does not need', () => {
    for (const [name, { cap_drop, security_opt, user, mem_limit, ports = [] }] of entries) {
      expect({ cap_drop, security_opt }, name).toEqual({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(user, name).toMatch(/^\d+:\d+$/);
      expect(mem_limit, name).toMatch(/^\d+m$/);
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\$\{PORT_[A-Z]+:-\d+\}:\d+$/);
    }
  });

  test('waits only for what can become healthy or end', () => {
    for (const [name, { depends_on = {} }] of entries) {
      for (const [need, { condition }] of Object.entries(depends_on)) {
        const needed = services[need];
        if (condition === 'service_healthy') expect(needed?.healthcheck, `${name}: ${need}`).toBeDefined();
        else expect([condition, needed?.restart], `${name}: ${need}`).toEqual(['service_completed_successfully', 'no']);
      }
    }
  });

  test('mounts files that are generated', () => {
    const binds = entries.flatMap(([, { volumes = [] }]) => volumes.filter(({ type }) => type === 'bind'));
    const sources = binds.map(({ source }) => source).filter((source) => source !== './config');
    for (const source of sources) expect(files.has(source.replace('./', '')), source).toBe(true);
  });

  test('that mounts a file waits until the files of all can be read', () => {
    const mounting = entries.filter(([, { volumes = [] }]) =>
      volumes.some(({ source }) => source.startsWith('./config/')),
    );
    expect(mounting.length).toBeGreaterThan(10);
    for (const [name, { depends_on }] of mounting) {
      expect(depends_on, name).toMatchObject({ 'check-config': { condition: 'service_completed_successfully' } });
    }
    expect(services['check-config']?.volumes).toMatchObject([{ type: 'bind', source: './config' }]);
  });

  test('starts again unless it is a job', () => {
    for (const [name, { restart, healthcheck }] of entries) {
      expect(restart, name).toBe(healthcheck === undefined ? 'no' : 'unless-stopped');
    }
  });
});

test('runs as root and writes its file system only where an image is made for that', () => {
  const names = (predicate: (service: (typeof services)[string]) => boolean) =>
    entries.filter(([, service]) => predicate(service)).map(([name]) => name);
  expect(names(({ user }) => user === '0:0')).toEqual(['pd', 'tikv', 'tidb', 'ticdc']);
  expect(names(({ read_only }) => !read_only)).toEqual(['elasticsearch']);
});

test('one service builds each image of our own; the others wait for it, and ask no registry', () => {
  const own = entries.filter(([, { image }]) => image.startsWith('tidb-cdc/'));
  const builders = new Map(own.filter(([, { build }]) => build).map(([name, { image }]) => [image, name]));
  expect(builders.size).toBe(own.filter(([, { build }]) => build).length);
  for (const [name, { image, build, pull_policy, depends_on }] of own) {
    if (build !== undefined) continue;
    expect(Object.keys(depends_on ?? {}), name).toContain(builders.get(image));
    expect(pull_policy, name).toBe('never');
  }
});

test('fits 8 GiB', () => {
  const sum = entries.reduce((total, [, { mem_limit }]) => total + Number.parseInt(mem_limit, 10), 0);
  expect(sum).toBeLessThanOrEqual(8192);
});

describe('.env', () => {
  test('sets every password and port there is, and none that is not', () => {
    const { COMPOSE_FILE, COMPOSE_PROJECT_NAME, ...rest } = env;
    expect(COMPOSE_FILE).toBe('compose/docker-compose.yml');
    expect(COMPOSE_PROJECT_NAME).toBe('tidb-cdc');
    expect(Object.keys(rest).sort()).toEqual(
      [...Object.keys(credentials), ...Object.keys(hostPorts), ...Object.keys(choices)].sort(),
    );
  });

  test('has the ports of the model, and passwords of six letters or more', () => {
    for (const [name, value] of Object.entries({ ...hostPorts, ...choices }))
      expect(env[name], name).toBe(String(value));
    for (const name of Object.keys(credentials)) expect(env[name], name).toMatch(/^[A-Za-z0-9._~-]{6,}$/);
  });
});

test('no generated file holds a password', () => {
  const passwords = Object.keys(credentials).map((name) => env[name] ?? '');
  for (const [name, text] of files) for (const password of passwords) expect(text, name).not.toContain(password);
});

test('every container that reads a variable of another’s file gets it', () => {
  const variables = (name: string) => [...(files.get(name) ?? '').matchAll(/\$\{(?:env:)?(\w+)\}|\$__env\{(\w+)\}/g)];
  const readers = {
    kafka: 'config/kafka/server.properties',
    filebeat: 'config/filebeat/filebeat.yml',
    grafana: 'config/grafana/provisioning/datasources/data-sources.yml',
  };
  for (const [service, file] of Object.entries(readers)) {
    const wanted = variables(file).map(([, plain, grafana]) => plain ?? grafana);
    expect(wanted.length, file).toBeGreaterThan(0);
    expect(Object.keys(services[service]?.environment ?? {}), service).toEqual(expect.arrayContaining(wanted));
  }
});
