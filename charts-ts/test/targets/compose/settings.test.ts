import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { programs } from './programs.ts';
import { services } from './rendered-file.ts';

test('knows every program of ours', () => {
  const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('tidb-cdc/'));
  expect(ours.map(([name]) => name).sort()).toEqual(Object.keys(programs).sort());
});

test.each(Object.entries(programs))('%s takes all it is given, and lacks nothing', (name, schema) => {
  const given = Object.entries(services[name]?.environment ?? {});
  // The defaults that Compose uses for what `.env` leaves out.
  const environment = Object.fromEntries(given.map(([key, value]) => [key, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]));
  expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
  expect(() => readEnvironment(schema, environment)).not.toThrow();
});
