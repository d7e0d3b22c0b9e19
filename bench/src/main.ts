import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCode, flushAndExit, runProgram } from '@tidb-cdc/runtime/environment';
import type { Benchmark } from './benchmark.ts';
import { benchmarks } from './benchmarks/index.ts';
import { describeMachine, load } from './harness/machine.ts';
import { renderTable, type Table } from './harness/table.ts';
import { type BenchOptions, helpOf, parseOptions } from './options.ts';

/** One benchmark's tables, and the load of the machine before and after. */
interface Result {
  readonly name: string;
  readonly load: readonly [before: number, after: number];
  readonly seconds: number;
  readonly tables: readonly Table[];
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

await runProgram(async () => {
  const options = parseOptions(process.argv.slice(2), benchmarks);
  if (options === 'help') return say(helpOf(benchmarks));
  const machine = describeMachine();
  say(`${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node.js ${machine.node}`);
  const results: Result[] = [];
  for (const benchmark of options.benchmarks) {
    results.push(await measure(benchmark, options));
    // Write after each benchmark: earlier results survive a later failure.
    if (options.json !== undefined) {
      writeFileSync(options.json, `${JSON.stringify({ machine, runs: options.runs, results }, null, 2)}\n`);
    }
  }
  // A client's socket may still be open.
  await flushAndExit(exitCode.done);
});

async function measure(benchmark: Benchmark, { full, runs }: BenchOptions): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-bench-'));
  const before = load();
  const began = performance.now();
  say(`\n## ${benchmark.name}: ${benchmark.about}\n`);
  try {
    const tables = await benchmark.run({ full, runs, folder, say: (line) => say(`  ${line}`) });
    const seconds = Math.round((performance.now() - began) / 1000);
    for (const table of tables) say(`\n${renderTable(table)}`);
    const after = load();
    say(`\nload ${before.toFixed(1)} before, ${after.toFixed(1)} after; took ${seconds} s`);
    return { name: benchmark.name, load: [before, after], seconds, tables };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
