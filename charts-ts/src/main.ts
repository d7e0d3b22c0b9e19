import { parseArgs } from 'node:util';
import { runProgram, SettingsError } from '@tidb-cdc/runtime/environment';
import { bundlePrograms } from './targets/kubernetes/bundles.ts';

const usage = `usage: npm run synth [-- --profile <name or file> --out <folder>]
       npm run synth -- --external <systems> --out <folder>
writes compose/ and dist/ from the model in charts-ts/src; with a profile of k8s/profiles, its manifests into the folder;
with systems that run elsewhere (some of database,kafka,elasticsearch,monitoring), the compose file of the rest`;

await runProgram(async () => {
  const { help, external, ...kubernetes } = readOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (external !== undefined) {
    if (kubernetes.profile !== undefined) throw new SettingsError(['--external: goes without --profile', usage]);
    const { synthExternal } = await import('./targets/compose/synth.ts');
    process.stdout.write(`${await synthExternal(external, kubernetes.out)}\n`);
    return;
  }
  // Loading the libraries takes as long as bundling the programs, so both run at once.
  const [bundles, { synthCompose }, { synthKubernetes }] = await Promise.all([
    bundlePrograms(),
    import('./targets/compose/synth.ts'),
    import('./targets/kubernetes/synth.ts'),
  ]);
  if (kubernetes.profile === undefined && kubernetes.out === undefined) {
    process.stdout.write(`${await synthCompose()}\n`);
  }
  process.stdout.write(`${await synthKubernetes(bundles, kubernetes)}\n`);
});

function readOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        profile: { type: 'string' },
        external: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new SettingsError([(error as Error).message, usage]);
  }
}
