import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { basicAuthorization } from '@tidb-cdc/runtime/http';
import type { Login } from '@tidb-cdc/runtime/login';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleError } from './errors.ts';

/** Who may ask, and under which names. */
export interface Guard {
  /** Names under which browsers reach the console, beside those of loopback. @default none */
  readonly names?: readonly string[];
  /** What everybody needs. @default nothing */
  readonly login?: Login;
}

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

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Whoever reaches the console reads rows, and may write some.
 * @throws Error where `host` is no loopback address and there is no login
 */
export function requireGuard(host: string, { login }: Guard): void {
  if (login !== undefined || isLoopback(host)) return;
  throw new Error(`'host' (${host}) of a console without a login must be a loopback address, such as 127.0.0.1`);
}

/**
 * Refuses, with 403, what does not come from this page or from a program. A page of another site can make a browser send
 * requests here: under a host name of its own that resolves to this machine (DNS rebinding), or straight to this address
 * with an Origin that is not ours. Refuses, with 401, who does not log in.
 */
export function guardRequests(app: FastifyInstance, { names = [], login }: Guard): void {
  const own = ['localhost', '127.0.0.1', '[::1]', ...names.map((name) => name.toLowerCase())];
  const authorization = login && basicAuthorization(login);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    const { url: route } = request.routeOptions;
    // For who looks after the process, and knows neither names nor passwords.
    if (route === '/healthz') return;
    requireOwnHost(request, own);
    if (authorization !== undefined) requireLogin(request, reply, authorization);
    // The route and not the text of the request: `/%61pi/sql` is /api/sql too. What has no route gets nothing either way.
    if (route?.startsWith('/api/') ?? true) requireOwnOrigin(request);
    if (request.method === 'POST') requireJson(request);
  });
}

/** By name: a page that another site has opened has the name of that site, whatever its port. */
function requireOwnHost({ headers: { host = '' } }: FastifyRequest, own: readonly string[]): void {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (own.includes(name)) return;
  throw new ConsoleError(403, {
    error: `The console does not answer for the host '${host}'.`,
    remedy: `Open it as ${own.join(', ')}, or name the host in HTTP_NAMES.`,
  });
}

function requireLogin({ headers: given }: FastifyRequest, reply: FastifyReply, authorization: string): void {
  // Digests have one length, and the time to compare them tells nothing of the password.
  const [expected, actual] = [authorization, given.authorization ?? ''].map((text) =>
    createHash('sha256').update(text).digest(),
  ) as [Buffer, Buffer];
  if (timingSafeEqual(expected, actual)) return;
  reply.header('www-authenticate', 'Basic realm="tidb-cdc console", charset="UTF-8"');
  throw new ConsoleError(401, { error: 'The console wants a user name and a password.' });
}

function requireOwnOrigin({ headers: { host, origin, 'sec-fetch-site': site }, method }: FastifyRequest): void {
  // TLS may end before the console: then the page is of https.
  const isOwn = origin === `http://${host}` || origin === `https://${host}`;
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
