import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { type CacheEntry, fetchIntoCache, hashOf, isCached, reportLockHolder } from '../../src/fetch/cache.ts';

const never = new AbortController().signal;
const silent = () => {};

function entry(fill: CacheEntry['fill']): CacheEntry {
  return { name: 'thing-1.0', fill };
}

describe('fetchIntoCache', () => {
  test('fills once and then takes what is there', async () => {
    const cacheDir = join(scratchDir(), 'not', 'made', 'yet');
    let fills = 0;
    const thing = entry(async (dir) => {
      fills += 1;
      writeFileSync(join(dir, 'content'), 'x');
    });
    expect(isCached(cacheDir, thing)).toBe(false);
    const path = await fetchIntoCache(cacheDir, thing, silent, never);
    expect(await fetchIntoCache(cacheDir, thing, silent, never)).toBe(path);
    expect(readFileSync(join(path, 'content'), 'utf8')).toBe('x');
    expect(fills).toBe(1);
    expect(readdirSync(cacheDir)).toEqual(['thing-1.0']);
    // Parts that run as another user must be able to enter it.
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test('is not there before it is complete, and not at all when that fails', async () => {
    const cacheDir = scratchDir();
    const failing = entry(async (dir) => {
      writeFileSync(join(dir, 'half'), '');
      expect(existsSync(join(cacheDir, 'thing-1.0'))).toBe(false);
      throw new Error('the line broke');
    });
    await expect(fetchIntoCache(cacheDir, failing, silent, never)).rejects.toThrow('the line broke');
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test('removes what a killed start left half filled, of this entry only', async () => {
    const cacheDir = scratchDir();
    for (const name of ['.thing-1.0.abcdef', '.thing-1.0.1.uvwxyz', '.other-1.0.abcdef'])
      mkdirSync(join(cacheDir, name));
    await fetchIntoCache(
      cacheDir,
      entry(async () => {}),
      silent,
      never,
    );
    expect(readdirSync(cacheDir).sort()).toEqual(['.other-1.0.abcdef', '.thing-1.0.1.uvwxyz', 'thing-1.0']);
  });

  test('of several that ask at once, one fills', async () => {
    const cacheDir = scratchDir();
    let fills = 0;
    const said: string[] = [];
    const thing = entry(async () => {
      fills += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    const ask = () => fetchIntoCache(cacheDir, thing, (text) => said.push(text), never);
    const paths = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(paths).size).toBe(1);
    expect(fills).toBe(1);
    expect(said).toContain('waiting for another fetch in this process');
  });
});

test('a hash tells texts and their borders apart', () => {
  expect(hashOf('a', 'b')).not.toBe(hashOf('ab'));
  expect(hashOf('a')).toBe(hashOf(Buffer.from('a')));
  expect(hashOf('a')).toMatch(/^[0-9a-f]{12}$/);
});

test('says whom it waits for', () => {
  const said: string[] = [];
  const waiting = reportLockHolder('build', (text) => said.push(text));
  waiting(process.pid);
  waiting(1);
  waiting(undefined);
  expect(said).toEqual([
    'waiting for another build in this process',
    'waiting for the build of process 1',
    'waiting for the build of another process',
  ]);
});
