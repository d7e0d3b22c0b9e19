import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An installed program, or why none can be used. */
export type Installed = { readonly path: string; readonly version: string } | { readonly reason: string };

/** Programs that are built only when no suitable version is installed. */
export type InstallableProgram = 'filebeat' | 'prometheus';

interface Requirement {
  readonly args: readonly string[];
  readonly pattern: RegExp;
  readonly isSuitable: (major: number, minor: number) => boolean;
  readonly rule: string;
}

const requirements: Readonly<Record<InstallableProgram, Requirement>> = {
  filebeat: {
    args: ['version'],
    pattern: /^filebeat version (\d+)\.(\d+)\.\d+/m,
    isSuitable: (major, minor) => major > 8 || (major === 8 && minor >= 14),
    rule: '8.14 or later, for the settings of its log input',
  },
  prometheus: {
    args: ['--version'],
    pattern: /^prometheus, version (\d+)\.(\d+)\.\d+/m,
    // Prometheus only warns about unknown feature flags, so check the version. From its CHANGELOG.md:
    // created-timestamp-zero-ingestion for OpenMetrics since 2.55, promql-extended-range-selectors since 3.7.0.
    isSuitable: (major, minor) => major === 3 && minor >= 7,
    rule: '3.7 or a later 3.x, which has the features that make the counts exact',
  },
};

/** Looks for a program on PATH and checks its version. */
export function findInstalled(program: InstallableProgram, env: NodeJS.ProcessEnv = process.env): Installed {
  const path = findOnPath(program, env);
  if (path === undefined) return { reason: `no ${program} on PATH` };
  const { args, pattern, isSuitable, rule } = requirements[program];
  const { stdout } = spawnSync(path, args, { encoding: 'utf8', timeout: 10_000 });
  const match = pattern.exec(stdout ?? '');
  if (match === null) return { reason: `cannot read the version of ${path}` };
  const [, major = '', minor = ''] = match;
  if (!isSuitable(Number(major), Number(minor))) return { reason: `${path} is ${major}.${minor}, but must be ${rule}` };
  return { path, version: `${major}.${minor}` };
}

/** Path of the first executable file with this name on PATH; undefined when there is none. */
export function findOnPath(program: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Missing, or not executable by us: try the next folder of PATH.
    return false;
  }
}
