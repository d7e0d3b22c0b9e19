import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@tidb-cdc/jobs/shop/random';

/** Parts of a running system that can be killed and frozen. */
export interface Victims {
  readonly names: readonly string[];
  /** Ends a part as a crash does; whoever runs the system starts it again. Gives whether it ran. */
  kill(name: string): Promise<boolean>;
  /** Stops a part where it is, as a machine that swaps or a paused container. Gives whether it ran. */
  freeze(name: string): Promise<boolean>;
  /** Lets a frozen part go on; does nothing where it has ended meanwhile. */
  thaw(name: string): Promise<void>;
}

/** One thing that happens to a part. */
export interface Fault {
  /** How long nothing happens before it. */
  readonly pauseMs: number;
  readonly victim: string;
  /** How long the part is frozen; 0 where it is killed. */
  readonly frozenMs: number;
}

/** The next fault; the same seed gives the same sequence. */
export function nextFault(random: Random, names: readonly string[]): Fault {
  const pauseMs = random.int(500, 8_000);
  const victim = random.pick(names);
  const frozenMs = random.int(0, 1) === 0 ? 0 : random.int(1_000, 15_000);
  return { pauseMs, victim, frozenMs };
}

/**
 * Lets faults happen until the time is over or the signal fires. Nothing stays frozen.
 * @returns how many there were
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

/** Ends early where the signal fires. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
