import type { Problem } from '@tidb-cdc/runtime/problem';
import { findOnPath } from '../fetch/on-path.ts';
import { isAtLeast, outputOf } from './version.ts';

/** Tools that fetch parts. Needed only while something is missing from the cache. */
export type FetchTool = 'maven' | 'go';

const oldestNode = '20.19';
/** The first Go that can download a newer toolchain by itself. */
const oldestGo = '1.21';
/** The version required by the go.mod files in embedded/go; a unit test compares them. */
export const neededGo = '1.26';

/** Checks that the Node.js that runs the supervisor is new enough. */
export function checkNode(version: string = process.versions.node): Problem[] {
  if (isAtLeast(version, oldestNode)) return [];
  return [
    {
      what: `this is Node.js ${version}, but ${oldestNode} or later is required`,
      remedy: 'install Node.js 20.19, 22 or 24',
    },
  ];
}

/** Checks that a tool is installed and new enough. */
export async function checkFetchTool(tool: FetchTool, env: NodeJS.ProcessEnv = process.env): Promise<Problem[]> {
  return tool === 'maven' ? checkMaven(env) : checkGo(env);
}

async function checkMaven(env: NodeJS.ProcessEnv): Promise<Problem[]> {
  const remedy = 'install Maven 3.6.3 or later (Debian, Ubuntu: apt install maven)';
  const path = findOnPath('mvn', env);
  if (path === undefined) return [{ what: 'Maven is not installed: no mvn on PATH', remedy }];
  const version = /Apache Maven (\d+[.\d]*)/.exec((await outputOf(path, ['-v'], env)) ?? '')?.[1];
  if (version === undefined) return [{ what: `cannot read the version of ${path}`, remedy }];
  return isAtLeast(version, '3.6.3') ? [] : [{ what: `${path} is Maven ${version}, which is too old`, remedy }];
}

async function checkGo(env: NodeJS.ProcessEnv): Promise<Problem[]> {
  const instead = 'or put filebeat 8.14 or later and prometheus 3.7 or a later 3.x on PATH, so that neither is built';
  const remedy = `install Go ${neededGo} or later from go.dev/dl, ${instead}`;
  const path = findOnPath('go', env);
  if (path === undefined) return [{ what: 'Go is not installed: no go on PATH', remedy }];
  const output = (await outputOf(path, ['env', 'GOVERSION', 'GOTOOLCHAIN'], env)) ?? '';
  const version = /^go(\d+[.\d]*)/m.exec(output)?.[1];
  if (version === undefined) return [{ what: `cannot read the version of ${path}`, remedy }];
  if (!isAtLeast(version, oldestGo)) return [{ what: `${path} is Go ${version}, which is too old`, remedy }];
  if (isAtLeast(version, neededGo) || !/^local/m.test(output)) return [];
  return [
    {
      what: `${path} is Go ${version}, and GOTOOLCHAIN=local keeps it from downloading a newer one`,
      remedy: `set GOTOOLCHAIN=auto, or ${remedy}`,
    },
  ];
}
