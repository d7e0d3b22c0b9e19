import type { Table } from './harness/table.ts';

/** What a benchmark is given. */
export interface BenchContext {
  /** Everything it can measure, not only what ends within minutes. */
  readonly full: boolean;
  /** How often each contender runs; figures are the medians. */
  readonly runs: number;
  /** Its own folder, removed after it. */
  readonly folder: string;
  /** Takes a line about what goes on. */
  readonly say: (line: string) => void;
}

/** One subject that is measured. It starts what it needs, and ends all of it. */
export interface Benchmark {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** Whether it takes too long to be run without being named. @default false */
  readonly onlyFull?: boolean;
  run(context: BenchContext): Promise<readonly Table[]>;
}
