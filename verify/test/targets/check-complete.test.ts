import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checkElasticsearch, RefusedError } from '../../src/targets/check-complete.ts';
import { composeTarget } from '../../src/targets/compose.ts';

async function listening(server: Server): Promise<number> {
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that sends an error packet of MySQL's protocol instead of the greeting. */
function refusingDatabase(): Server {
  const error = Buffer.from([0xff, 1045 & 0xff, 1045 >> 8, ...Buffer.from("#28000Access denied for user 'shop_app'")]);
  const packet = Buffer.concat([Buffer.from([error.length, 0, 0, 0]), error]);
  return createServer((socket) => socket.on('error', () => undefined).end(packet));
}

test('a database that refuses the login ends the wait, with the setting to look at', async () => {
  const port = await listening(refusingDatabase());
  const target = composeTarget({ startTimeoutMs: 20_000 }, { PORT_SQL: String(port) });
  const failure = target.open(() => {});
  await expect(failure).rejects.toBeInstanceOf(RefusedError);
  await expect(failure).rejects.toThrow(/refuses shop_app: .*Access denied.* Check TIDB_APP_PASSWORD in \.env/);
});

test('with --wait the refusal may be for a time only', async () => {
  const port = await listening(refusingDatabase());
  const target = composeTarget({ startTimeoutMs: 100, wait: true }, { PORT_SQL: String(port) });
  await expect(target.open(() => {})).rejects.toThrow(/gave up waiting for the system of docker-compose up/);
});

test('so does an Elasticsearch, and one that is not up yet does not', async () => {
  let status = 401;
  const port = await listening(createHttpServer((_, answer) => answer.writeHead(status).end()));
  const url = `http://elastic:secret@127.0.0.1:${port}`;
  const refusal = checkElasticsearch(url, 'ELASTIC_PASSWORD');
  await expect(refusal).rejects.toThrow(/refuses elastic: 401\. Check ELASTIC_PASSWORD$/);
  await expect(refusal).rejects.toBeInstanceOf(RefusedError);
  status = 503;
  await expect(checkElasticsearch(url, 'ELASTIC_PASSWORD')).rejects.not.toBeInstanceOf(RefusedError);
});
