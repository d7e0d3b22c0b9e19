import { createServer, type RequestListener, request } from 'node:http';
import { type PartState, partNames, type SystemState } from '@tidb-cdc/runtime/system-state';
import { bundlePage } from '../src/bundle.ts';
import type { Guard } from '../src/security.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import type { System } from '../src/system.ts';

export const appPassword = 'the-password-of-the-application';

/** A system in which nothing runs: unless given, every address has a port that nothing listens on. */
export async function downSystem(endpoints: Partial<SystemState['endpoints']> = {}): Promise<SystemState> {
  const port = await closedPort();
  const url = `http://127.0.0.1:${port}`;
  const part = (name: (typeof partNames)[number], state: PartState) => ({
    name,
    state,
    detail: '',
    since: '2026-01-01T00:00:00.000Z',
    restarts: 0,
    logFile: `/logs/${name}.log`,
  });
  return {
    pid: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    ready: true,
    complete: true,
    endpoints: {
      sql: { host: '127.0.0.1', port, rootUser: 'root', appUser: 'shop_app', appPassword, database: 'shop' },
      kafka: `127.0.0.1:${port}`,
      elasticsearch: url,
      prometheus: url,
      consumer: url,
      filebeat: url,
      console: url,
      eventLog: '/log/events.ndjson',
      ...endpoints,
    },
    parts: partNames.map((name) => part(name, 'ready')),
  };
}

async function closedPort(): Promise<number> {
  const server = await serve(() => undefined);
  await server.close();
  return Number(new URL(server.url).port);
}

export interface WebServer {
  /** Base URL without a trailing slash. */
  url: string;
  close(): Promise<void>;
}

/** Starts an HTTP server on a free loopback port. */
export async function serve(answer: RequestListener): Promise<WebServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${address.port}`, close };
}

export interface TestConsole extends RunningConsole {
  /** Errors that the console logged as its own bugs. */
  faults: string[];
}

const page = bundlePage();

/** Starts the console on a free port. */
export async function openConsole(system: System, guard: Guard = {}): Promise<TestConsole> {
  const faults: string[] = [];
  const log = { error: (fields: object, message: string) => void faults.push(`${message} ${JSON.stringify(fields)}`) };
  return { ...(await startConsole({ system, page: await page, host: '127.0.0.1', port: 0, log, ...guard })), faults };
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request with exactly these headers: fetch() sets Host and Sec-Fetch-Mode itself. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
