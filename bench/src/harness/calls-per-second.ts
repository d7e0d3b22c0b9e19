/** Seconds of CPU time to measure: below this, a figure is mostly noise. */
const measuredSeconds = 0.3;

/** Calls per second of CPU time, garbage collection included. Other load affects CPU time less than elapsed time. */
export async function callsPerSecond(call: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  let calls = 0;
  let seconds = 0;
  do {
    await call();
    calls += 1;
    const { user, system } = process.cpuUsage(before);
    seconds = (user + system) / 1e6;
  } while (seconds < measuredSeconds);
  return calls / seconds;
}
