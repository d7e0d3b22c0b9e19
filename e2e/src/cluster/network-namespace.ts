import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlPlane } from './control-plane.ts';

type Command = readonly [program: string, ...args: string[]];

/** A command in its own network namespace, where only the apiserver can be reached. */
export interface NamespacedCommand {
  readonly command: Command;
  /** Ends the relay on this side. */
  close(): Promise<void>;
}

/** The user namespace makes this possible without root, if the kernel allows users to create one. */
const unshare: Command = ['unshare', '--map-root-user', '--net'];

/** Why this machine cannot create network namespaces; undefined if it can. */
export function whyNoNetworkNamespace(): string | undefined {
  const [program, ...args] = unshare;
  try {
    execFileSync(program, [...args, 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no network namespace can be made: ${(error as Error).message.trim()}`;
  }
}

/**
 * Wraps a command so that it runs in a network namespace. There it reaches the apiserver under the same address as
 * here, through a Unix socket, which namespaces share.
 */
export async function inNetworkNamespace(
  command: Command,
  { folder, apiPort }: Pick<ControlPlane, 'folder' | 'apiPort'>,
): Promise<NamespacedCommand> {
  const socket = join(folder, 'apiserver.sock');
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(apiPort, '127.0.0.1');
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(from);
      from.once('close', () => open.delete(from));
      // When one side fails, close the other. The operator sees a broken connection and tries again.
      from.once('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(socket);
  await once(server, 'listening');
  const relay = fileURLToPath(new URL('namespace-relay.ts', import.meta.url));
  const inside = ['--import', 'tsx', relay, socket, String(apiPort), ...command];
  return {
    command: [...unshare, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, ...inside],
    async close() {
      for (const one of open) one.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
