import { parseArgs } from 'node:util';
import { exitCode, flushAndExit, runProgram, SettingsError } from '@tidb-cdc/runtime/environment';
import { describeProblems } from '@tidb-cdc/runtime/problem';
import { preflights } from './targets.ts';

const names = Object.keys(preflights) as (keyof typeof preflights)[];

const help = `Usage: npm run preflight -- --target TARGET

Checks whether a target can start on this machine: lists ports that are in use, and by which program, and files that
containers cannot read. \`npm start\` does its own checks.
Exit code 0: no problems; 1: problems; 2: wrong usage.

  --target TARGET   what will be started: ${names.join(', ')}
  --help            this text`;

await runProgram(async () => {
  const { target, help: wantsHelp } = parse(process.argv.slice(2));
  if (wantsHelp) return console.log(help);
  const name = names.find((one) => one === target);
  if (name === undefined) {
    throw new SettingsError([`'--target' (${target ?? 'not given'}) must be one of: ${names.join(', ')}`]);
  }
  const problems = await preflights[name]();
  console.log(problems.length === 0 ? 'no problems found' : describeProblems(problems));
  await flushAndExit(problems.length === 0 ? exitCode.done : exitCode.failed);
});

function parse(args: readonly string[]) {
  try {
    const options = { target: { type: 'string' }, help: { type: 'boolean', default: false } } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // node:util says in one sentence which argument breaks which rule.
    throw new SettingsError([error instanceof Error ? error.message : String(error)]);
  }
}
