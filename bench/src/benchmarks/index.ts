import type { Benchmark } from '../benchmark.ts';
import { consume } from './consume.ts';
import { decode } from './decode.ts';
import { firstStart } from './first-start.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { protocols } from './protocols.ts';
import { ship } from './ship.ts';
import { start } from './start.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [decode, protocols, consume, ship, latency, start, memory, firstStart];
