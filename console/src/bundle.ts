import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { repository } from '@tidb-cdc/runtime/repository';
import { type BuildOptions, build, type Metafile, stop } from 'esbuild';

/** The page's files by name. */
export type PageFiles = ReadonlyMap<string, Buffer>;

const page = new URL('./page/', import.meta.url);

/** Records what a bundle consists of, with paths relative to the repository. */
const described = { absWorkingDir: repository, metafile: true } as const satisfies BuildOptions;

/** A program that runs on plain Node. */
const nodeProgram = {
  ...described,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  // YAML can hold few non-ASCII characters unescaped.
  charset: 'ascii',
  outfile: 'served/main.mjs',
  // CommonJS modules in the bundle call `require` for Node's own modules.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
} as const satisfies BuildOptions;

/**
 * Bundles the page in memory. No generated file can then be older than its source.
 * @throws esbuild's error when a source is wrong
 */
export async function bundlePage(): Promise<PageFiles> {
  const { files } = await buildPage();
  // Otherwise esbuild's helper process runs as long as this one.
  await stop();
  return files;
}

/**
 * Bundles the page and the program that serves it, and returns what both consist of.
 * @param program the program's file name
 * @throws esbuild's error, as `bundlePage`
 */
export async function bundleConsole(
  program: string,
): Promise<{ readonly files: PageFiles; readonly metafiles: readonly Metafile[] }> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const served = await build({ ...nodeProgram, entryPoints: [main], write: false, logLevel: 'error' });
  const { files, metafile } = await buildPage();
  return {
    files: new Map([...files, [program, Buffer.from(served.outputFiles[0]?.contents ?? [])]]),
    metafiles: [served.metafile, metafile],
  };
}

async function buildPage(): Promise<{ files: PageFiles; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    ...described,
    entryPoints: ['main.tsx', 'style/main.css'].map((source) => ({
      in: fileURLToPath(new URL(source, page)),
      out: 'app',
    })),
    outdir: 'served',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const output = (extension: string) =>
    Buffer.from(outputFiles.find(({ path }) => path.endsWith(extension))?.contents ?? []);
  const files = new Map([
    ['index.html', await readFile(new URL('index.html', page))],
    ['app.js', output('.js')],
    ['app.css', output('.css')],
    ['favicon.svg', await readFile(new URL('favicon.svg', page))],
  ]);
  return { files, metafile };
}
