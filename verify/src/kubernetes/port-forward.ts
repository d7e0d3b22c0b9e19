import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** A local port that is forwarded into the cluster. */
export interface PortForward {
  readonly port: number;
  close(): void;
}

export interface PortForwardOptions {
  readonly namespace: string;
  /** For example `service/consumer`. */
  readonly to: string;
  readonly port: number;
  /** @default kubectl on PATH */
  readonly kubectl?: string;
  /** @default this process's environment, which tells kubectl which cluster to use */
  readonly env?: NodeJS.ProcessEnv;
}

const startTimeoutMs = 30_000;

/**
 * Forwards a free loopback port to a pod behind `to`, until it is closed or this process ends.
 * @throws Error with kubectl's output, when kubectl ends or is not ready in time
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
    // The child ends with this process and must not keep it alive.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
    return { port: local, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Reads the port from kubectl's output: `Forwarding from 127.0.0.1:41234 -> 4000`. */
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
