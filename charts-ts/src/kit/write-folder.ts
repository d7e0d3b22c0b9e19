import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';

/** Makes a folder hold exactly these files (relative path → content); removes all others. */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<{ readonly written: number; readonly removed: number }> {
  await mkdir(folder, { recursive: true });
  const stale = (await filesOf(folder)).filter((name) => !files.has(name));
  for (const name of stale) await rm(path.join(folder, name));
  for (const [name, content] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return { written: files.size, removed: stale.length };
}

/**
 * Makes sure that synth would replace only files of an earlier synth.
 *
 * @param out the folder as `--out` names it
 * @param isOurs whether synth writes the file with this path in the folder
 * @throws SettingsError if the folder contains any other file
 */
export async function requireOwnFolder(out: string, isOurs: (name: string) => boolean): Promise<void> {
  const foreign = (await filesOf(out)).find((name) => !isOurs(name));
  if (foreign === undefined) return;
  throw new SettingsError([`--out=${out}: holds '${foreign}', which synth did not write: name an empty folder`]);
}

/** Paths of the files in the folder; none if it does not exist. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
