import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { proxy } from './proxy.ts';

export interface TlsRelayOptions {
  /** Loopback port of the server behind the relay. */
  readonly port: number;
  /** The server name in its certificate. */
  readonly serverName: string;
  /** Certificate of the CA that signed it, in PEM. */
  readonly authority: string;
  readonly username: string;
  readonly password: string;
}

const timeoutMs = 60_000;

/**
 * Relays plain HTTP on a free loopback port to a server that requires TLS and a login, for clients that know neither
 * its certificate nor a password. Ends with this process.
 * @returns the base URL, without a trailing slash
 */
export async function startTlsRelay(options: TlsRelayOptions): Promise<string> {
  const server = createServer((incoming, outgoing) => relay(options, incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return `http://127.0.0.1:${address.port}`;
}

function relay(options: TlsRelayOptions, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { port, serverName, authority, username, password } = options;
  const { method, url, headers } = incoming;
  // The server may close a reused connection just as it is used again, and may truncate a large response when asked to
  // close. So use one connection per request and close it on this side.
  const agent = new Agent({ keepAlive: true });
  outgoing.once('close', () => agent.destroy());
  proxy(incoming, outgoing, serverName, (answered) => {
    const further = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        servername: serverName,
        ca: authority,
        auth: `${username}:${password}`,
        method,
        path: url,
        headers: { ...headers, connection: 'keep-alive', host: `${serverName}:${port}` },
        timeout: timeoutMs,
      },
      answered,
    );
    return further.once('timeout', () => further.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  });
}
