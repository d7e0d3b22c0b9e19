import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// Runs inside a network namespace: `namespace-relay.ts <socket file> <port> <program> [arguments]`. What connects to the
// port on loopback is relayed to the socket file; the program runs as its child and takes the relay with it at its end.
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
