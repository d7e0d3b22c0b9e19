import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ConsoleError } from './errors.ts';

/** Sent with every answer. Nothing of the page comes from elsewhere, and no other page may embed or read it. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Not no-referrer: under it a browser may send `Origin: null` with our own POST.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Whoever reaches the console can write to the database.
 * @throws Error where `host` is not a loopback address
 */
export function requireLoopback(host: string): void {
  const isLoopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (!isLoopback) throw new Error(`'host' (${host}) of the console must be a loopback address, such as 127.0.0.1`);
}

/**
 * Refuses, with 403, what does not come from this page or from a program on this machine. A page of another site can
 * make a browser send requests here: under a host name of its own that resolves to this machine (DNS rebinding), or
 * straight to this address with an Origin that is not ours.
 */
export function refuseForeignRequests(app: FastifyInstance, host: string): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    requireOwnHost(request, host);
    // The route and not the text of the request: `/%61pi/sql` is /api/sql too. What has no route gets nothing either way.
    if (request.routeOptions.url?.startsWith('/api/') ?? true) requireOwnOrigin(request);
    if (request.method === 'POST') requireJson(request);
  });
}

function requireOwnHost({ headers: { host = '' }, socket }: FastifyRequest, listening: string): void {
  const names = ['localhost', '127.0.0.1', '[::1]', isIP(listening) === 6 ? `[${listening}]` : listening];
  const own = names.map((name) => `${name}:${socket.localPort}`);
  if (own.includes(host.toLowerCase())) return;
  throw new ConsoleError(403, {
    error: `The console does not answer for the host '${host}'.`,
    remedy: `Open http://${own[1]}/ instead.`,
  });
}

function requireOwnOrigin({ headers: { host, origin, 'sec-fetch-site': site }, method }: FastifyRequest): void {
  const isOwn = origin === `http://${host}`;
  // A browser tells the site of each request; a person who opens an API address by hand is 'none'.
  const isForeignSite = site !== undefined && site !== 'same-origin' && !(site === 'none' && method === 'GET');
  const lacksOrigin = origin === undefined && site !== undefined && method !== 'GET';
  if (!isForeignSite && !lacksOrigin && (origin === undefined || isOwn)) return;
  throw new ConsoleError(403, {
    error: `The console takes requests from its own page only, not from ${origin ?? 'a page that does not say where it is from'}.`,
  });
}

function requireJson({ headers: { 'content-type': type = 'none' } }: FastifyRequest): void {
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new ConsoleError(415, { error: `The content type (${type}) must be application/json.` });
}
