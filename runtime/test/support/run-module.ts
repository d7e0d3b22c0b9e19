import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Runs the text of a module in its own process. `@src` in it stands for the source folder. */
export function runModule(text: string): { status: number | null; stdout: string; stderr: string } {
  const program = text.replaceAll('@src', path.resolve(import.meta.dirname, '../../src'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    // Node resolves tsx from this folder.
    { cwd: import.meta.dirname, encoding: 'utf8', timeout: 30_000 },
  );
  return { status, stdout, stderr };
}
