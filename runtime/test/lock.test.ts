import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lock, lockHolder, tryLock } from '../src/lock.ts';
import { eventually, startShell } from './support/scratch.ts';

const lockModule = fileURLToPath(new URL('../src/lock.ts', import.meta.url));

describe('a lock', () => {
  test('is one holder’s until it is released', async () => {
    const key = randomUUID();
    const held = await tryLock(key);
    expect(held).toBeDefined();
    expect(await tryLock(key)).toBeUndefined();
    expect(await tryLock(`${key}-another`)).toBeDefined();

    await held?.release();
    const again = await tryLock(key);
    expect(again).toBeDefined();
    await again?.release();
  });

  test('tells who holds it', async () => {
    const key = randomUUID();
    expect(await lockHolder(key)).toBeUndefined();
    const held = await tryLock(key);
    expect(await lockHolder(key)).toBe(process.pid);
    await held?.release();
  });

  test('is free again when its holder is killed hard', async () => {
    const key = randomUUID();
    const take = `import { tryLock } from '${lockModule}'; await tryLock('${key}'); setInterval(() => {}, 1000);`;
    const child = startShell(`exec ${process.execPath} --import tsx --input-type=module -e "${take}"`);
    await eventually('the other process to hold it', async () => (await lockHolder(key)) === child.pid);
    expect(await tryLock(key)).toBeUndefined();

    child.kill('SIGKILL');
    const holders: unknown[] = [];
    const held = await lock(key, (holder) => holders.push(holder));
    expect(await lockHolder(key)).toBe(process.pid);
    await held.release();
  });

  test('of several that wait, each gets it once', async () => {
    const key = randomUUID();
    let inside = 0;
    let most = 0;
    const work = async () => {
      const held = await lock(key, () => {});
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      await held.release();
    };
    await Promise.all([work(), work(), work()]);
    expect(most).toBe(1);
  });

  test('is waited for until the signal fires', async () => {
    const key = randomUUID();
    const held = await tryLock(key);
    const controller = new AbortController();
    const waiting = lock(key, () => controller.abort(new Error('no more')), controller.signal);
    await expect(waiting).rejects.toThrow('no more');
    await held?.release();
  });
});
