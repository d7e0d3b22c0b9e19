import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest Java that runs Elasticsearch 9: its classes are compiled for it. */
const oldest = 21;

/** Where distributions install JDKs, in addition to the one on PATH. */
const folder = '/usr/lib/jvm';

/** Folder of a JDK that is new enough for Elasticsearch 9; undefined when there is none. */
export function newerJdk(): string | undefined {
  const installed = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const homes = process.env.JAVA_HOME === undefined ? installed : [process.env.JAVA_HOME, ...installed];
  return homes.find((home) => javaVersion(home) >= oldest);
}

function javaVersion(home: string): number {
  const release = join(home, 'release');
  if (!existsSync(release)) return 0;
  return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}
