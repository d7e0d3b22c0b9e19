import { cpus, loadavg, totalmem } from 'node:os';

/** The machine that the figures were measured on. Without it they mean little. */
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

/** The 1-minute load average. Above the number of cores, figures suffer. */
export function load(): number {
  return loadavg()[0] ?? Number.NaN;
}
