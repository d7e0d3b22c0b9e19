import { connect } from 'node:net';

const boundMs = 1_000;

/** Whether a GET is answered with success within a second. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(boundMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens yet: a look at a part that starts finds this many times.
    return false;
  }
}

/** Whether a port takes connections. */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: boundMs });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
