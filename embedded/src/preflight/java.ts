import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Problem } from '@tidb-cdc/runtime/problem';
import { findOnPath } from '../fetch/on-path.ts';
import { outputOf } from './version.ts';

/** The JDK that runs all Java parts. */
export interface Jdk {
  readonly home: string;
}

/**
 * Kafka needs 17. Elasticsearch 8.5 needs Java's security manager, which JDK 24 removed (JEP 486): with JDK 25 it fails
 * to start.
 */
const oldest = 17;
const newest = 23;
const install =
  'install JDK 17 or 21 (Debian, Ubuntu: apt install openjdk-17-jdk-headless), or set JAVA_HOME to an installed one';

/** Finds the JDK of JAVA_HOME, or else of the `javac` on PATH. */
export async function findJdk(env: NodeJS.ProcessEnv = process.env): Promise<Jdk | Problem> {
  const home = homeOf(env);
  if (home === undefined)
    return { what: 'no JDK found: there is no javac on PATH, and JAVA_HOME is not set', remedy: install };
  const javac = join(home, 'bin', 'javac');
  if (!existsSync(javac)) return { what: `${home} is not a JDK: it has no bin/javac`, remedy: install };
  const version = /(?:version "|javac )(\d+)/.exec((await outputOf(javac, ['-version'], env)) ?? '')?.[1];
  if (version === undefined) return { what: `cannot read the version of ${javac}`, remedy: install };
  if (Number(version) >= oldest && Number(version) <= newest) return { home };
  return { what: `${home} is JDK ${version}, but JDK ${oldest} to ${newest} is required`, remedy: install };
}

/** @throws Error naming what is missing and the remedy */
export async function requireJdk(): Promise<Jdk> {
  const jdk = await findJdk();
  if ('home' in jdk) return jdk;
  throw new Error(`${jdk.what}: ${jdk.remedy}`);
}

function homeOf(env: NodeJS.ProcessEnv): string | undefined {
  const { JAVA_HOME: home } = env;
  if (home !== undefined && home !== '') return home;
  const javac = findOnPath('javac', env);
  return javac === undefined ? undefined : dirname(dirname(realpathSync(javac)));
}
