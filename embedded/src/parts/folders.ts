import { chownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Isolation, unprivilegedId } from '../processes/isolation.ts';

/** Creates a folder that the part can write to, whichever user it runs as. The part also owns its content. */
export function makeWritable(dir: string, isolation: Isolation): void {
  mkdirSync(dir, { recursive: true });
  if (isolation.unprivileged && lstatSync(dir).uid !== unprivilegedId) giveAway(dir);
}

/** Writes a file that only the part and the user who started the system can read: configuration can hold secrets. */
export function writeConfig(file: string, text: string, isolation: Isolation): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  if (isolation.unprivileged) chownSync(file, unprivilegedId, unprivilegedId);
}

function giveAway(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chownSync(path, unprivilegedId, unprivilegedId);
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveAway(join(path, name));
}
