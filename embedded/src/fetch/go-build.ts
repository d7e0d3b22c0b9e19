import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { lock } from '../processes/lock.ts';
import type { EmbeddedVersions } from '../versions.ts';
import { type CacheEntry, hashOf, type Report, waitingFor } from './cache.ts';
import { runTool } from './run-tool.ts';

/** Programs that are built from Go modules. */
export type GoProgram = 'filebeat' | 'prometheus' | 'promtool';

interface GoSource {
  /** Folder in embedded/go, whose go.mod pins the version. */
  readonly module: 'filebeat' | 'prometheus';
  readonly mainPackage: string;
  readonly tags: readonly string[];
}

/** Without service discovery Prometheus is built in a sixth of the time; its targets here are static. */
const withoutDiscovery = ['remove_all_sd'];

const sources: Readonly<Record<GoProgram, GoSource>> = {
  filebeat: { module: 'filebeat', mainPackage: 'github.com/elastic/beats/v7/filebeat', tags: [] },
  prometheus: {
    module: 'prometheus',
    mainPackage: 'github.com/prometheus/prometheus/cmd/prometheus',
    tags: withoutDiscovery,
  },
  promtool: {
    module: 'prometheus',
    mainPackage: 'github.com/prometheus/prometheus/cmd/promtool',
    tags: withoutDiscovery,
  },
};

/** The Go module of a program and the version that its go.mod must require. */
export function pinnedModule(program: GoProgram): { goMod: string; modulePath: string } {
  const { module, mainPackage } = sources[program];
  const modulePath = /^github\.com\/[^/]+\/[^/]+(?:\/v\d+)?/.exec(mainPackage)?.[0] ?? mainPackage;
  return { goMod: repositoryFile('embedded', 'go', module, 'go.mod'), modulePath };
}

/** A program that is built from a Go module. */
export interface GoBuild {
  /** Name of the file that it becomes. */
  readonly program: string;
  readonly version: string;
  /** Folder of the go.mod and go.sum that pin all that goes into it. */
  readonly moduleDir: string;
  readonly mainPackage: string;
  readonly tags?: readonly string[];
  /** Values of Go variables set by the linker, by the variable's full name. @default none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The cache entry that holds a program of the embedded system, in a file of its name. */
export function goEntry(program: GoProgram, versions: EmbeddedVersions): CacheEntry {
  const { module, mainPackage, tags } = sources[program];
  const moduleDir = repositoryFile('embedded', 'go', module);
  return goBuildEntry({ program, version: versions[module], moduleDir, mainPackage, tags });
}

/** The cache entry that holds what a build makes, in a file of the program's name. */
export function goBuildEntry({
  program,
  version,
  moduleDir,
  mainPackage,
  tags = [],
  variables = {},
}: GoBuild): CacheEntry {
  const linker = ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)];
  const flags = ['-mod=mod', `-ldflags=${linker.join(' ')}`, ...(tags.length === 0 ? [] : [`-tags=${tags.join(',')}`])];
  const inputs = ['go.mod', 'go.sum'].map((name) => readFileSync(join(moduleDir, name)));
  return {
    name: `${program}-${version}-${hashOf(...inputs, ...flags)}`,
    async fill(target, report, signal) {
      // Go writes into go.mod what it worked out; the pinned one stays as it is.
      const work = join(target, 'module');
      cpSync(moduleDir, work, { recursive: true });
      const held = await lock('go build', waitingFor('build', report), signal);
      try {
        const build = ['go', 'build', '-v', ...flags, '-o', join(target, program), mainPackage];
        await runTool({
          // Below the parts that already run: they should stay quick meanwhile.
          command: ['nice', '-n', '10', ...build],
          cwd: work,
          env: { CGO_ENABLED: '0', GOWORK: 'off' },
          onLine: buildProgress(report),
          signal,
        });
      } finally {
        await held.release();
      }
      rmSync(work, { recursive: true });
    },
  };
}

/** Counts what `go build -v` says: modules downloaded, packages compiled. */
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
