import { Counts, tableIncrements } from '@tidb-cdc/consumer/counts';
import { createMetrics } from '@tidb-cdc/consumer/metrics';
import { afterEach, describe, expect, it as test } from 'vitest';
import { stateAnswers } from '../src/state-answer.ts';
import { supervisedSystem } from '../src/supervised-system.ts';
import { downSystem, serve, type WebServer } from './console-fixture.ts';

let part: WebServer | undefined;

afterEach(() => part?.close());

describe('stateAnswers', () => {
  test("holds the figures of the consumer's own /metrics", async () => {
    const counts = await Counts.open();
    const metrics = createMetrics({ counts, isWritable: () => true });
    const increments = tableIncrements('shop.orders', { insert: 3, update: 2, delete: 1 });
    await counts.record({
      positions: [{ topic: 'cdc-events', partition: 0, position: { next: 6, newest: 0 } }],
      arrivedAt: 0,
      increments,
    });
    part = await serve(async ({ url, headers: { accept } }, response) => {
      const { contentType, body } = await metrics.expose(accept);
      response.writeHead(url === '/metrics' ? 200 : 404, { 'content-type': contentType }).end(body);
    });
    const state = await downSystem({ consumer: part.url });
    expect(await stateAnswers(supervisedSystem(() => state))()).toMatchObject({
      consumer: { events: 6, delay: null },
      documents: null,
    });
  });

  test('has no figures where another program answers in the place of a part', async () => {
    part = await serve((_, response) => response.end('<html>hello</html>'));
    const state = await downSystem({ elasticsearch: part.url, consumer: part.url });
    expect(await stateAnswers(supervisedSystem(() => state))()).toMatchObject({ consumer: null, documents: null });
  });

  test('follows the state of the parts', async () => {
    let state = await downSystem();
    const answer = stateAnswers(supervisedSystem(() => state));
    await answer();
    state = { ...state, parts: state.parts.map((one) => ({ ...one, state: 'restarting' as const, restarts: 2 })) };
    const { parts } = await answer();
    expect(parts.find(({ name }) => name === 'kafka')).toEqual({
      name: 'kafka',
      state: 'restarting',
      detail: '',
      restarts: 2,
      logFile: '/logs/kafka.log',
      address: state.endpoints.kafka,
    });
    expect(parts.find(({ name }) => name === 'canal')).not.toHaveProperty('address');
  });
});
