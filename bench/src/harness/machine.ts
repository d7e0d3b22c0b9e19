import { cpus, loadavg, totalmem } from 'node:os';

/** The machine that figures were measured on; they mean little without. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** Processes that wanted a core, on average over the last minute: above the number of cores the figures suffer. */
export function load(): number {
  return loadavg()[0] ?? Number.NaN;
}
