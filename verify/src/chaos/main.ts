import { createRandom } from '@tidb-cdc/jobs/shop/random';
import { exitCode, flushAndExit, runProgram } from '@tidb-cdc/runtime/environment';
import { writeWhile } from '../mix.ts';
import { composeTarget } from '../targets/compose.ts';
import { embeddedTarget } from '../targets/embedded.ts';
import { type VerifyRun, verify } from '../verify.ts';
import { runFaults } from './faults.ts';
import { type ChaosOptions, help, parseChaosOptions } from './options.ts';
import { composeVictims, embeddedVictims } from './victims.ts';

/** Pause between two changes, so that an hour of faults writes no more than an hour of a busy shop. */
const pauseMs = 20;

/** Bound of the wait for a system that is starting. A system that is not there is an error at once. */
const startTimeoutMs = 300_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Writes rows while faults happen. */
function writeUnderFaults({ target, stateDir, seed, durationMs }: ChaosOptions): VerifyRun['write'] {
  const victims = target === 'embedded' ? embeddedVictims(stateDir) : composeVictims();
  return async (writer, random, marker) => {
    const stop = new AbortController();
    let over = false;
    // Faults have their own random numbers: the number of rows written depends on the machine, the faults must not.
    const faults = runFaults(victims, createRandom(seed), durationMs, say, stop.signal).finally(() => {
      over = true;
    });
    try {
      await writeWhile(() => !over, pauseMs, writer, random, marker);
    } finally {
      stop.abort();
      say(`${await faults} faults`);
    }
  };
}

await runProgram(async () => {
  const options = parseChaosOptions(process.argv.slice(2));
  if (options === 'help') return say(help);
  const { target, seed, timeoutMs } = options;
  const agreed = await verify({
    target: target === 'embedded' ? embeddedTarget({ ...options, startTimeoutMs }) : composeTarget({ startTimeoutMs }),
    write: writeUnderFaults(options),
    seed,
    timeoutMs,
    say,
  });
  await flushAndExit(agreed ? exitCode.done : exitCode.failed);
});
