import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder hold exactly these files, by their path in it: what is not among them is removed. */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<{ readonly written: number; readonly removed: number }> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const stale = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !files.has(name));
  for (const name of stale) await rm(path.join(folder, name));
  for (const [name, content] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return { written: files.size, removed: stale.length };
}
