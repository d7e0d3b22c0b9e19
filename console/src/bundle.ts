import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

/** A file of the page as it is served. */
export interface Asset {
  type: string;
  body: Buffer;
  /** Strong ETag, made from the content. */
  etag: string;
}

const page = new URL('./page/', import.meta.url);

/**
 * The page by path: `/`, `/app.js`, `/app.css`, `/favicon.svg`. Bundled from the sources into memory, so that nothing
 * generated lies about that could be older than its source.
 * @throws esbuild's error where a source is wrong
 */
export async function bundlePage(): Promise<ReadonlyMap<string, Asset>> {
  const { outputFiles } = await build({
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
  // Else esbuild's helper process stays as long as this one.
  await stop();
  const output = (extension: string) =>
    Buffer.from(outputFiles.find(({ path }) => path.endsWith(extension))?.contents ?? []);
  return new Map([
    ['/', asset('text/html; charset=utf-8', await readFile(new URL('index.html', page)))],
    ['/app.js', asset('text/javascript; charset=utf-8', output('.js'))],
    ['/app.css', asset('text/css; charset=utf-8', output('.css'))],
    ['/favicon.svg', asset('image/svg+xml', await readFile(new URL('favicon.svg', page)))],
  ]);
}

function asset(type: string, body: Buffer): Asset {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
