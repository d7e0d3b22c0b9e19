import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleConsole } from './bundle.ts';

/** Writes the program and its page to the workspace's `build/`. */
const folder = new URL('../build/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, content] of (await bundleConsole('main.mjs')).files) {
  await writeFile(fileURLToPath(new URL(name, folder)), content);
}
