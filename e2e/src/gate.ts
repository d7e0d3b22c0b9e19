import { connect, createServer, type Socket } from 'node:net';

/** A local TCP port that forwards to another while it is open. When closed, it refuses like a server that is down. */
export class Gate {
  readonly port: number;
  readonly #target: number;
  #open: { close(): Promise<void> } | undefined;

  constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  async open(): Promise<void> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(this.#target, '127.0.0.1');
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        // When one end fails or closes, close the other.
        socket.once('error', () => other.destroy()).once('close', () => other.destroy());
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.#open = {
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    };
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }
}
