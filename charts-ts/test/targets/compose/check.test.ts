import { describe, expect, test } from 'vitest';
import type { ComposeService } from '../../../src/kit/compose/service.ts';
import { type ComposeServices, checkServices } from '../../../src/targets/compose/check.ts';
import { composeServices } from '../../../src/targets/compose/services.ts';

const service: ComposeService = {
  image: 'kafka',
  command: ['run'],
  health: { command: ['true'] },
  memoryMiB: 100,
  user: '1000:1000',
};
const { health: _health, ...job } = service;

const problemsOf = (services: ComposeServices) => () => checkServices(services);

test('finds nothing in the services there are', () => {
  expect(problemsOf(composeServices())).not.toThrow();
});

describe('says what does not fit together', () => {
  test('a service that is not there', () => {
    expect(problemsOf({ kafka: { ...service, afterHealthy: ['pd'] } })).toThrow(
      "'kafka' waits for 'pd', which is not among the services",
    );
  });

  test('a wait for the health of a service without a check', () => {
    expect(problemsOf({ pd: job, kafka: { ...service, afterHealthy: ['pd'] } })).toThrow(
      "'kafka' waits for 'pd' to be healthy, which has no health check",
    );
  });

  test('a wait for a service of a profile', () => {
    const services: ComposeServices = {
      'seed-database': { ...job, profile: 'demo' },
      kafka: { ...service, afterDone: ['seed-database'] },
    };
    expect(problemsOf(services)).toThrow(
      "'kafka' waits for 'seed-database', which only starts with the profile 'demo'",
    );
  });

  test('services that wait for each other', () => {
    const services: ComposeServices = {
      pd: { ...service, afterHealthy: ['tikv'] },
      tikv: { ...service, afterHealthy: ['tidb'] },
      tidb: { ...service, afterHealthy: ['pd'] },
    };
    expect(problemsOf(services)).toThrow('services wait for each other: pd → tikv → tidb → pd');
  });

  test('a file or a port of two services', () => {
    const files = [{ name: 'same.yml', content: '', target: '/etc/same.yml' }];
    const publish = { http: 'PORT_SQL' } as const;
    const services: ComposeServices = {
      consumer: { ...service, files, publish },
      grafana: { ...service, files, publish },
    };
    expect(problemsOf(services)).toThrow("'same.yml' belongs to one service alone, not to consumer and grafana");
    expect(problemsOf(services)).toThrow("'PORT_SQL' belongs to one service alone, not to consumer and grafana");
  });

  test('an image that two services build', () => {
    const image = { build: 'jobs' } as const;
    const services: ComposeServices = { 'create-topic': { ...job, image }, 'seed-database': { ...job, image } };
    expect(problemsOf(services)).toThrow(
      "'the build of jobs' belongs to one service alone, not to create-topic and seed-database",
    );
  });

  test('an image of another service that does not build it, or is not waited for', () => {
    const image = { build: 'jobs', builtBy: 'create-topic' } as const;
    expect(problemsOf({ 'seed-database': { ...job, image } })).toThrow(
      "'seed-database' needs the image 'jobs' of 'create-topic', which does not build it\n" +
        "'seed-database' needs the image 'jobs' of 'create-topic', and does not wait for it",
    );
  });

  test('a mount at a relative path', () => {
    expect(problemsOf({ kafka: { ...service, temporary: ['tmp'] } })).toThrow("'kafka': 'tmp' must be absolute");
  });

  test('more memory than there is', () => {
    expect(problemsOf({ pd: { ...service, memoryMiB: 8000 }, kafka: { ...service, memoryMiB: 200 } })).toThrow(
      'the memory limits sum up to 8200 MiB: at most 8192 MiB',
    );
  });

  test('all of it at once', () => {
    const services: ComposeServices = { kafka: { ...service, afterHealthy: ['pd'], temporary: ['tmp'] } };
    expect(problemsOf(services)).toThrow(/fit together:\n.*'pd'.*\n.*'tmp'/);
  });
});
