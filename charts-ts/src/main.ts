import { fileURLToPath } from 'node:url';
import { runProgram, SettingsError } from '@tidb-cdc/consumer/environment';
import { renderCompose } from './compose/render.ts';
import { composeServices } from './compose/services.ts';
import { writeFolder } from './write-folder.ts';

const usage = 'usage: npm run synth\nwrites compose/ from the model in charts-ts/src';

await runProgram(async () => {
  const [argument] = process.argv.slice(2);
  if (argument === '--help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (argument !== undefined) throw new SettingsError([`unexpected argument '${argument}'`, usage]);
  const folder = fileURLToPath(new URL('../../compose', import.meta.url));
  const { written, removed } = await writeFolder(folder, renderCompose(composeServices));
  process.stdout.write(`compose/: ${written} files written, ${removed} removed\n`);
});
