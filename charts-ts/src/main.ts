import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runProgram, SettingsError } from '@tidb-cdc/consumer/environment';
import { renderCompose } from './compose/render.ts';
import { composeServices } from './compose/services.ts';
import { synthKubernetes } from './kubernetes/synth.ts';
import { writeFolder } from './write-folder.ts';

const usage = `usage: npm run synth [-- --profile <name or file> --out <folder>]
writes compose/ and dist/ from the model in charts-ts/src; with a profile of k8s/profiles, its manifests into the folder`;

await runProgram(async () => {
  const { help, ...kubernetes } = readOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (kubernetes.profile === undefined && kubernetes.out === undefined) {
    const folder = fileURLToPath(new URL('../../compose', import.meta.url));
    const { written, removed } = await writeFolder(folder, renderCompose(composeServices));
    process.stdout.write(`compose/: ${written} files written, ${removed} removed\n`);
  }
  process.stdout.write(`${await synthKubernetes(kubernetes)}\n`);
});

function readOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { profile: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new SettingsError([(error as Error).message, usage]);
  }
}
