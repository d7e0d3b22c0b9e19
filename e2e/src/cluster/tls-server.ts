import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { proxy } from '@tidb-cdc/verify/kubernetes/proxy';
import { createCertificate } from '../certificate.ts';

export interface TlsServerOptions {
  /** The server name in its certificate. */
  readonly serverName: string;
  /** URL of the server behind it. */
  readonly behind: string;
  /** The only login that it accepts. */
  readonly username: string;
  readonly password: string;
  /** Folder for its key and certificate. */
  readonly folder: string;
}

export interface TlsServer {
  readonly port: number;
  /** Certificate of the CA for its own certificate, in PEM. */
  readonly authority: string;
  close(): void;
}

/** Starts a proxy with TLS and a login in front of a server that has neither, like Elasticsearch under its operator. */
export async function startTlsServer(options: TlsServerOptions): Promise<TlsServer> {
  const { serverName, behind, username, password, folder } = options;
  const { keyFile, certificateFile } = createCertificate(folder, `DNS:${serverName}`);
  const authority = readFileSync(certificateFile, 'utf8');
  const login = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer({ key: readFileSync(keyFile), cert: authority }, (incoming, outgoing) => {
    if (incoming.headers.authorization !== login) {
      outgoing.writeHead(401).end('who are you?');
      return;
    }
    const { authorization: _, ...headers } = incoming.headers;
    const { method, url } = incoming;
    proxy(incoming, outgoing, behind, (answered) => request(`${behind}${url}`, { method, headers }, answered));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, authority, close: () => server.close() };
}
