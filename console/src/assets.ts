import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { PageFiles } from './bundle.ts';

const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'favicon.svg': 'image/svg+xml',
};

/** Reads the page's files from the folder of the build. @throws Error when one is missing */
export async function readPage(folder: URL): Promise<PageFiles> {
  const names = Object.keys(types);
  const contents = await Promise.all(names.map((name) => readFile(new URL(name, folder))));
  return new Map(names.map((name, index) => [name, contents[index] as Buffer]));
}

/** Serves the page's files, each under its name, and `index.html` at `/`. */
export function addAssets(app: FastifyInstance, page: PageFiles): void {
  for (const [name, body] of page) {
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    app.get(name === 'index.html' ? '/' : `/${name}`, async (request, reply) => {
      reply.headers({ 'cache-control': 'no-cache', etag });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(types[name] ?? 'application/octet-stream').send(body);
    });
  }
}
