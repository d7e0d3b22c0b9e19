import { describe, expect, it as test } from 'vitest';
import { cacheFor, everyAddress, fetchText } from '../src/backend.ts';
import { serve } from './console-fixture.ts';

describe('cacheFor', () => {
  test('asks once for all who wait, and again for who comes after the answer is old', async () => {
    let asked = 0;
    const ask = cacheFor(0, async () => ++asked);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    expect(await ask()).toBe(2);
  });

  test('keeps an answer as long as it is fresh', async () => {
    let asked = 0;
    const ask = cacheFor(3_600_000, async () => ++asked);
    expect([await ask(), await ask()]).toEqual([1, 1]);
  });

  test('does not keep a failure', async () => {
    let asked = 0;
    const ask = cacheFor(3_600_000, async () => {
      asked += 1;
      if (asked === 1) throw new Error('down');
      return asked;
    });
    await expect(Promise.all([ask(), ask()])).rejects.toThrow('down');
    expect(await ask()).toBe(2);
  });
});

describe('everyAddress', () => {
  test('is the part itself where its name is an address', async () => {
    expect(await everyAddress({ url: 'http://127.0.0.1:9464' })).toEqual([{ url: 'http://127.0.0.1:9464' }]);
    expect(await everyAddress({ url: 'http://[::1]:9464' })).toEqual([{ url: 'http://[::1]:9464' }]);
  });

  test('names a part whose name has none', async () => {
    await expect(everyAddress({ url: 'http://consumer.invalid:9464' })).rejects.toThrow(
      'http://consumer.invalid:9464 does not answer',
    );
  });
});

test('a part is entered with its login, which is not in the error of one that does not answer', async () => {
  const server = await serve(({ headers: { authorization } }, response) => response.writeHead(404).end(authorization));
  const part = { url: server.url, login: { username: 'console', password: 'secret' } };
  const refusal = await fetchText(part, '/path').catch((error: unknown) => error);
  await server.close();
  expect(refusal).toMatchObject({ status: 404, message: expect.stringContaining(btoa('console:secret')) });
  await expect(fetchText(part, '/path')).rejects.toThrow(/^http:\/\/127\.0\.0\.1:\d+ does not answer$/);
});
