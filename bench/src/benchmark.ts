import type { Table } from './harness/table.ts';

/** Input of a benchmark. */
export interface BenchContext {
  /** Measure everything, not only what finishes within minutes. */
  readonly full: boolean;
  /** Number of runs per contender; figures are medians. */
  readonly runs: number;
  /** The benchmark's own folder, removed afterwards. */
  readonly folder: string;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** One benchmark. It starts what it needs and ends all of it. */
export interface Benchmark {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** Whether it takes so long that it runs only when named or with `--full`. @default false */
  readonly onlyFull?: boolean;
  run(context: BenchContext): Promise<readonly Table[]>;
}
