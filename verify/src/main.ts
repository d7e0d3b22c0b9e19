import { exitCode, flushAndExit, runProgram } from '@tidb-cdc/runtime/environment';
import { writeMix } from './mix.ts';
import { help, parseOptions, type VerifyOptions } from './options.ts';
import type { Target } from './target.ts';
import { composeTarget } from './targets/compose.ts';
import { embeddedTarget } from './targets/embedded.ts';
import { kubernetesTarget } from './targets/kubernetes.ts';
import { verify } from './verify.ts';

const targets: Readonly<Record<VerifyOptions['target'], (options: VerifyOptions) => Target>> = {
  embedded: embeddedTarget,
  compose: composeTarget,
  kubernetes: kubernetesTarget,
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

await runProgram(async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') return say(help);
  const { counts, seed, timeoutMs } = options;
  const agreed = await verify({
    target: targets[options.target](options),
    write: (writer, random, marker) => writeMix(writer, random, marker, counts),
    seed,
    timeoutMs,
    say,
  });
  // A connection through a port-forward can stay open after both ends have closed it.
  await flushAndExit(agreed ? exitCode.done : exitCode.failed);
});
