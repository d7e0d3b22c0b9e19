import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// Runs inside a network namespace: `namespace-relay.ts <socket file> <port> <program> [arguments]`. Relays connections
// to the loopback port to the socket file. Runs the program as a child and ends with it.
const [socket = '', port = '', program = '', ...args] = process.argv.slice(2);

const server = createServer((incoming) => {
  const outgoing = connect(socket);
  incoming.once('error', () => outgoing.destroy());
  outgoing.once('error', () => incoming.destroy());
  incoming.pipe(outgoing).pipe(incoming);
});
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');

const child = spawn(program, args, { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
const [code] = (await once(child, 'exit')) as [number | null];
process.exit(code ?? 1);
