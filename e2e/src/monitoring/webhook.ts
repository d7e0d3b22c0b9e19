import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An alert, as Alertmanager sends it to a webhook. */
export interface NotifiedAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Receives alerts, as a pager or a chat would. */
export interface Webhook {
  readonly url: string;
  /** Alerts received so far, in order. */
  readonly alerts: readonly NotifiedAlert[];
  close(): Promise<void>;
}

/** Opens a webhook on a free loopback port. */
export async function openWebhook(): Promise<Webhook> {
  const alerts: NotifiedAlert[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      alerts.push(...(JSON.parse(body) as { alerts: NotifiedAlert[] }).alerts);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    alerts,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
