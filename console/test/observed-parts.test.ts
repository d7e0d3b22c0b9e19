import { afterEach, expect, test } from 'vitest';
import { BackendError } from '../src/backend.ts';
import { observeParts } from '../src/observed-parts.ts';
import { downSystem, serve, type WebServer } from './console-fixture.ts';

const servers: WebServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function answering(answer: unknown, status = 200): Promise<{ url: string }> {
  const server = await serve((_, response) => response.writeHead(status).end(JSON.stringify(answer)));
  servers.push(server);
  return server;
}

async function silent(): Promise<{ url: string }> {
  return { url: (await downSystem()).endpoints.console };
}

function scraped(jobs: Readonly<Record<string, number>>) {
  const result = Object.entries(jobs).map(([job, share]) => ({ metric: { job }, value: [0, String(share)] }));
  return answering({ data: { result } });
}

const kafkaAnswers = { check: async () => {} };
const kafkaIsSilent = {
  check: async () => {
    throw new BackendError('Kafka does not answer', {});
  },
};

test('asks Prometheus about what it does not work with itself', async () => {
  const parts = observeParts(
    {
      consumer: await answering({}),
      elasticsearch: await answering({ count: 0 }),
      prometheus: await scraped({ tidb: 1, ticdc: 0, filebeat: 2 / 3 }),
    },
    kafkaAnswers,
  );
  expect((await parts()).map(({ name, state, detail }) => [name, state, detail])).toEqual([
    ['tidb', 'ready', ''],
    ['ticdc', 'silent', ''],
    ['kafka', 'ready', ''],
    ['consumer', 'ready', ''],
    ['elasticsearch', 'ready', ''],
    ['filebeat', 'silent', '67% of its instances answer'],
    ['prometheus', 'ready', ''],
    ['console', 'ready', ''],
  ]);
});

test('tells a part that is not ready yet from one that does not answer, and from one that nobody knows of', async () => {
  const parts = observeParts(
    { consumer: await answering({}, 503), elasticsearch: await silent(), prometheus: await silent() },
    kafkaIsSilent,
  );
  const states = Object.fromEntries((await parts()).map(({ name, state }) => [name, state]));
  expect(states).toMatchObject({
    ...{ tidb: 'unknown', ticdc: 'unknown', filebeat: 'unknown' },
    ...{ kafka: 'silent', consumer: 'starting', elasticsearch: 'silent', prometheus: 'silent' },
  });
});

test('a fault of the console is no state of a part', async () => {
  const fault = {
    check: async () => {
      throw new TypeError('x is undefined');
    },
  };
  const parts = observeParts(
    { consumer: await answering({}), elasticsearch: await answering({ count: 0 }), prometheus: await scraped({}) },
    fault,
  );
  await expect(parts()).rejects.toThrow('x is undefined');
});
