import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** A port of a cluster that can be reached on this machine. */
export interface PortForward {
  readonly port: number;
  close(): void;
}

export interface PortForwardOptions {
  readonly namespace: string;
  /** `service/consumer`. */
  readonly to: string;
  readonly port: number;
  /** @default the one on PATH */
  readonly kubectl?: string;
  /** @default the environment of this process, which tells kubectl the cluster */
  readonly env?: NodeJS.ProcessEnv;
}

const startTimeoutMs = 30_000;

/**
 * Forwards a free port of loopback to a pod behind something in the cluster, until it is closed or this process ends.
 * @throws Error with what kubectl printed, where it ends instead or is not ready in time
 */
export async function forwardPort(options: PortForwardOptions): Promise<PortForward> {
  const { namespace, to, port, kubectl = 'kubectl', env = process.env } = options;
  const args = [`--namespace=${namespace}`, 'port-forward', '--address=127.0.0.1', to, `:${port}`];
  const child = spawn(kubectl, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const close = (): void => {
    process.off('exit', close);
    child.kill('SIGTERM');
  };
  process.once('exit', close);
  try {
    const local = await announcedPort(child, `kubectl ${args.join(' ')}`);
    // It ends with this process and must not keep it alive.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
    return { port: local, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** kubectl says on which port it listens: `Forwarding from 127.0.0.1:41234 -> 4000`. */
function announcedPort(child: ChildProcess, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (reason: string): void => reject(new Error(`${what}: ${reason}\n${printed}`.trimEnd()));
    const timer = setTimeout(() => fail(`not ready within ${startTimeoutMs / 1000} s`), startTimeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const announced = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
        if (announced === undefined) return;
        clearTimeout(timer);
        resolve(Number(announced));
      });
    }
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
}
