import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@tidb-cdc/jobs/shop/random';

/** Parts of a running system that can be killed and frozen. */
export interface Victims {
  readonly names: readonly string[];
  /** Kills a part as a crash does; it is started again. Returns whether it was running. */
  kill(name: string): Promise<boolean>;
  /** Suspends a part, like a machine that swaps or a paused container. Returns whether it was running. */
  freeze(name: string): Promise<boolean>;
  /** Resumes a frozen part; does nothing if it has ended. */
  thaw(name: string): Promise<void>;
}

/** A kill or a freeze of one part. */
export interface Fault {
  /** Pause before it. */
  readonly pauseMs: number;
  readonly victim: string;
  /** How long the part is frozen; 0 when it is killed. */
  readonly frozenMs: number;
}

/** Draws the next fault; the same seed gives the same sequence. */
export function nextFault(random: Random, names: readonly string[]): Fault {
  const pauseMs = random.int(500, 8_000);
  const victim = random.pick(names);
  const frozenMs = random.int(0, 1) === 0 ? 0 : random.int(1_000, 15_000);
  return { pauseMs, victim, frozenMs };
}

/**
 * Injects faults until the duration is over or the signal fires. Leaves nothing frozen.
 * @returns the number of faults
 */
export async function runFaults(
  victims: Victims,
  random: Random,
  durationMs: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const end = Date.now() + durationMs;
  for (let done = 0; ; ) {
    const fault = nextFault(random, victims.names);
    if (Date.now() + fault.pauseMs >= end) return done;
    await pause(fault.pauseMs, signal);
    if (signal.aborted) return done;
    if (await happen(fault, victims, signal)) {
      done += 1;
      say(describe(fault));
    }
  }
}

async function happen({ victim, frozenMs }: Fault, victims: Victims, signal: AbortSignal): Promise<boolean> {
  if (frozenMs === 0) return victims.kill(victim);
  if (!(await victims.freeze(victim))) return false;
  try {
    await pause(frozenMs, signal);
  } finally {
    await victims.thaw(victim);
  }
  return true;
}

function describe({ victim, frozenMs }: Fault): string {
  return frozenMs === 0 ? `killed ${victim}` : `froze ${victim} for ${(frozenMs / 1000).toFixed(1)} s`;
}

/** Returns early when the signal fires. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
