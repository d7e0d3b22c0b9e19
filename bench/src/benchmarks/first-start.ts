import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type PartStatus, readSystemState } from '@tidb-cdc/runtime/system-state';
import type { Benchmark } from '../benchmark.ts';
import { newEmbeddedSystem } from '../systems/embedded.ts';
import { readyAfter } from './start.ts';

export const firstStart: Benchmark = {
  name: 'first-start',
  about: 'start of the embedded system from empty caches: everything is fetched and built',
  onlyFull: true,
  async run({ folder, say }) {
    const caches = ['cache', 'go-build', 'go-mod', 'maven'].map((name) => join(folder, name));
    for (const cache of caches) mkdirSync(cache);
    const [cacheDir = '', goBuild, goMod, maven] = caches;
    // The system's processes inherit these variables. With BENCH_GOMODCACHE the modules are not downloaded, which
    // leaves the network out of the Go builds.
    process.env.GOCACHE = goBuild;
    process.env.GOMODCACHE = process.env.BENCH_GOMODCACHE ?? goMod;
    process.env.MAVEN_OPTS = `${process.env.MAVEN_OPTS ?? ''} -Dmaven.repo.local=${maven}`;
    // Go makes downloaded modules read-only, and read-only folders cannot be removed.
    process.env.GOFLAGS = `${process.env.GOFLAGS ?? ''} -modcacherw`.trim();
    const system = await newEmbeddedSystem(join(folder, 'system'));
    const fetched = new Map<string, number>();
    const watching = new AbortController();
    const watch = watchFetches(system.stateDir, fetched, watching.signal);
    try {
      const state = await system.start(['--cache-dir', cacheDir], say);
      const rows = Object.entries(readyAfter(state)).map(([part, ready]) => {
        return { part, 'fetched after': fetched.get(part) ?? 0, 'ready after': ready };
      });
      return [{ title: 'Seconds after the start, nothing cached', rows }];
    } finally {
      watching.abort();
      await watch;
      await system.stop();
    }
  },
};

/** Records when each part was last seen fetching, in seconds after the start. */
async function watchFetches(stateDir: string, fetched: Map<string, number>, signal: AbortSignal): Promise<void> {
  const isFetching = ({ state }: PartStatus) => state === 'fetching';
  while (!signal.aborted) {
    const state = readSystemState(stateDir);
    for (const { name } of state?.parts.filter(isFetching) ?? []) {
      fetched.set(name, (Date.now() - Date.parse(state?.startedAt ?? '')) / 1000);
    }
    await delay(250);
  }
}
