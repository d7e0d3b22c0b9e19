import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { profileText } from '@tidb-cdc/e2e/production-profile';
import { startProgram } from '@tidb-cdc/e2e/program';
import { partNames, type SystemState } from '@tidb-cdc/runtime/system-state';
import type { BenchContext, Benchmark } from '../benchmark.ts';
import { median } from '../harness/interleave.ts';
import type { Row, Table } from '../harness/table.ts';
import { newEmbeddedSystem } from '../systems/embedded.ts';

export const start: Benchmark = {
  name: 'start',
  about: 'start of the embedded system from cached parts, verify on it, synth',
  async run(context) {
    const starts: Record<string, number[]> = {};
    const profile = join(context.folder, 'production.yaml');
    await writeFile(profile, profileText('production'));
    const programs: Record<string, number[]> = { verify: [], 'synth, production': [] };
    for (let round = 0; round < context.runs; round += 1) {
      const { ready, verify } = await startOnce(context, round);
      for (const [part, seconds] of Object.entries(ready)) starts[part] = [...(starts[part] ?? []), seconds];
      programs.verify?.push(verify);
      const out = join(context.folder, `synth-${round}`);
      const args = ['--profile', profile, '--out', out];
      programs['synth, production']?.push(await timeProgram('charts-ts/src/main.ts', args));
    }
    return [
      secondsTable('Ready after the start of the embedded system', starts),
      secondsTable('Programs, from start to end', programs),
    ];
  },
};

async function startOnce({ folder, say }: BenchContext, round: number) {
  const system = await newEmbeddedSystem(join(folder, `system-${round}`));
  const began = performance.now();
  const state = await system.start([], say);
  const complete = (performance.now() - began) / 1000;
  try {
    const args = ['--target', 'embedded', '--state-dir', system.stateDir];
    const verify = await timeProgram('verify/src/main.ts', args);
    return { ready: { ...readyAfter(state), 'all, from the command': complete }, verify };
  } finally {
    await system.stop();
  }
}

/** Seconds from the supervisor's start until each part was ready. */
export function readyAfter({ startedAt, parts }: SystemState): Record<string, number> {
  const seconds = (time: string) => (Date.parse(time) - Date.parse(startedAt)) / 1000;
  return Object.fromEntries(
    partNames.map((name) => [name, seconds(parts.find((part) => part.name === name)?.since ?? '')]),
  );
}

/** Seconds that a program takes. @throws Error with its output when it fails */
async function timeProgram(file: string, args: readonly string[]): Promise<number> {
  const began = performance.now();
  const { code, output } = await startProgram(file, { args }).ended;
  if (code !== 0) throw new Error(`${file} ended with code ${code}:\n${output.slice(-2_000)}`);
  return (performance.now() - began) / 1000;
}

function secondsTable(title: string, figures: Readonly<Record<string, readonly number[]>>): Table {
  const rows: Row[] = Object.entries(figures).map(([what, seconds]) => ({ what, seconds: median(seconds) }));
  return { title, rows };
}
