import type { Benchmark } from '../benchmark.ts';
import { consume } from './consume.ts';
import { decode } from './decode.ts';
import { protocols } from './protocols.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [decode, protocols, consume];
