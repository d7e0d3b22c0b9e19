import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { basicAuthorization } from '@tidb-cdc/runtime/http';
import type { Login } from '@tidb-cdc/runtime/login';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleError } from './errors.ts';

/** Who may access the console, and under which host names. */
export interface Guard {
  /** Host names for browsers, in addition to those of loopback. @default none */
  readonly names?: readonly string[];
  /** The login that every request needs. @default none */
  readonly login?: Login;
}

/** Sent with every response. The page loads nothing from elsewhere, and no other page may embed or read it. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Not no-referrer: with it, a browser may send `Origin: null` with our own POST.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Whether a server on this address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Requires a login on any address but loopback: whoever reaches the console can read rows and perhaps write some.
 * @throws Error when `host` is not a loopback address and there is no login
 */
export function requireGuard(host: string, { login }: Guard): void {
  if (login !== undefined || isLoopback(host)) return;
  throw new Error(`'host' (${host}) of a console without a login must be a loopback address, such as 127.0.0.1`);
}

/**
 * Refuses with 403 any request that comes neither from this page nor from a program. A page of another site can make a
 * browser send requests here: under its own host name that resolves to this machine (DNS rebinding), or directly to
 * this address with a foreign Origin. Refuses with 401 a request without the right login.
 */
export function guardRequests(app: FastifyInstance, { names = [], login }: Guard): void {
  const own = ['localhost', '127.0.0.1', '[::1]', ...names.map((name) => name.toLowerCase())];
  const authorization = login && basicAuthorization(login);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    const { url: route } = request.routeOptions;
    // For health checks, which know neither host names nor passwords.
    if (route === '/healthz') return;
    requireOwnHost(request, own);
    if (authorization !== undefined) requireLogin(request, reply, authorization);
    // Check the route, not the URL's text: `/%61pi/sql` is /api/sql too. Without a route there is nothing to protect.
    if (route?.startsWith('/api/') ?? true) requireOwnOrigin(request);
    if (request.method === 'POST') requireJson(request);
  });
}

/** Checks the name, not the port: a page opened by another site carries that site's host name, whatever its port. */
function requireOwnHost({ headers: { host = '' } }: FastifyRequest, own: readonly string[]): void {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (own.includes(name)) return;
  throw new ConsoleError(403, {
    error: `The console does not serve the host '${host}'.`,
    remedy: `Open it as ${own.join(', ')}, or add the host to HTTP_NAMES.`,
  });
}

function requireLogin({ headers: given }: FastifyRequest, reply: FastifyReply, authorization: string): void {
  // Digests have equal lengths, and comparing them in constant time reveals nothing about the password.
  const [expected, actual] = [authorization, given.authorization ?? ''].map((text) =>
    createHash('sha256').update(text).digest(),
  ) as [Buffer, Buffer];
  if (timingSafeEqual(expected, actual)) return;
  reply.header('www-authenticate', 'Basic realm="tidb-cdc console", charset="UTF-8"');
  throw new ConsoleError(401, { error: 'The console requires a user name and a password.' });
}

function requireOwnOrigin({ headers: { host, origin, 'sec-fetch-site': site }, method }: FastifyRequest): void {
  // TLS may be terminated in front of the console. The page's origin is then https.
  const isOwn = origin === `http://${host}` || origin === `https://${host}`;
  // A browser sends Sec-Fetch-Site with each request. It is 'none' when a user opens an API address by hand.
  const isForeignSite = site !== undefined && site !== 'same-origin' && !(site === 'none' && method === 'GET');
  const lacksOrigin = origin === undefined && site !== undefined && method !== 'GET';
  if (!isForeignSite && !lacksOrigin && (origin === undefined || isOwn)) return;
  throw new ConsoleError(403, {
    error: `The console accepts requests only from its own page, not from ${origin ?? 'a page of unknown origin'}.`,
  });
}

function requireJson({ headers: { 'content-type': type = 'none' } }: FastifyRequest): void {
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new ConsoleError(415, { error: `The content type (${type}) must be application/json.` });
}
