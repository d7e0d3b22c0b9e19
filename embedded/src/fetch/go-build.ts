import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from '@tidb-cdc/runtime/lock';
import { type CacheEntry, hashOf, type Report, reportLockHolder } from './cache.ts';
import { runTool, type ToolRun } from './run-tool.ts';

/** A program that is built from a Go module. */
export interface GoProgram {
  /** Name of the executable. */
  readonly name: string;
  /** Folder of our own sources and of the go.mod and go.sum that pin all dependencies. */
  readonly moduleDir: string;
  /** The module whose version is the program's version. */
  readonly module: string;
  /** Path of the main package inside the module; `.` for the package beside go.mod. */
  readonly package: string;
  /** @default none */
  readonly tags?: readonly string[];
  /** Whether the folder's overlay.json replaces files of the module, as `upstream/…`. @default false */
  readonly overlay?: boolean;
  /** Go variables that the linker sets: full name → value, derived from the version. @default none */
  readonly variables?: (version: string) => Readonly<Record<string, string>>;
}

/** The cache entry of a program: one executable with the program's name. */
export function goEntry(program: GoProgram): CacheEntry {
  const { name, moduleDir, module, tags = [], overlay = false, variables = () => ({}) } = program;
  const version = requiredVersion(moduleDir, module);
  const linker = ['-s', '-w', ...Object.entries(variables(version)).map(([key, value]) => `-X ${key}=${value}`)];
  const flags = [
    // Fail on a dependency that go.mod and go.sum do not pin, instead of fetching it.
    '-mod=readonly',
    `-ldflags=${linker.join(' ')}`,
    ...(tags.length === 0 ? [] : [`-tags=${tags.join(',')}`]),
    ...(overlay ? ['-overlay=overlay.json'] : []),
  ];
  const mainPackage = program.package === '.' ? '.' : join(module, program.package);
  return {
    name: `${name}-${version}-${hashOf(...sourcesOf(moduleDir), ...flags)}`,
    async fill(target, report, signal) {
      // An overlay needs a different go.mod (see linkUpstream). Build in a copy: the pinned go.mod stays unchanged.
      const work = join(target, 'module');
      cpSync(moduleDir, work, { recursive: true });
      const held = await lock('go build', reportLockHolder('build', report), signal);
      try {
        const run = { cwd: work, env: { CGO_ENABLED: '0' }, onLine: buildProgress(report), signal };
        if (overlay) await linkUpstream(module, run);
        await runGo(['build', '-v', ...flags, '-o', join(target, name), mainPackage], run);
      } finally {
        await held.release();
      }
      rmSync(work, { recursive: true });
    },
  };
}

/** The program's own sources, overlays and pins, in a fixed order. tools.go is left out: it only names packages. */
function sourcesOf(moduleDir: string): readonly Buffer[] {
  return readdirSync(moduleDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'tools.go')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFileSync(file));
}

/** Replaces the module by a link to its folder, because Go does not let an overlay change files in its module cache. */
async function linkUpstream(module: string, run: Omit<ToolRun, 'command'>): Promise<void> {
  await runGo(['mod', 'download', module], run);
  let folder = '';
  const onLine = (line: string) => {
    folder = line;
  };
  await runGo(['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module], { ...run, onLine });
  symlinkSync(folder, join(run.cwd, 'upstream'));
  await runGo(['mod', 'edit', `-replace=${module}=./upstream`], run);
}

/** Runs the `go` command and waits until it ends. Its low priority keeps the parts that already run fast. */
export function runGo(args: readonly string[], { env, ...run }: Omit<ToolRun, 'command'>): Promise<void> {
  return runTool({ ...run, command: ['nice', '-n', '10', 'go', ...args], env: { GOWORK: 'off', ...env } });
}

/**
 * Returns the version of a module that a folder's go.mod requires, such as `v1.36.3`.
 * @throws Error when it does not require the module
 */
export function requiredVersion(moduleDir: string, module: string): string {
  const goMod = join(moduleDir, 'go.mod');
  const required = readFileSync(goMod, 'utf8')
    .split('\n')
    .map((line) =>
      line
        .replace(/^require\s/, '')
        .trim()
        .split(/\s+/),
    )
    .find(([name, version]) => name === module && version?.startsWith('v'));
  if (required?.[1] === undefined) throw new Error(`${goMod} requires no version of ${module}`);
  return required[1];
}

/** Counts the modules downloaded and packages compiled in the output of `go build -v`. */
export function buildProgress(report: Report): (line: string) => void {
  let modules = 0;
  let packages = 0;
  report('building from source');
  return (line) => {
    if (line.startsWith('go: downloading ')) modules += 1;
    else if (!/[\s#]/.test(line)) packages += 1;
    report(`building from source: ${modules} modules downloaded, ${packages} packages compiled`);
  };
}
