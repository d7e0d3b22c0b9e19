import { connect } from 'node:net';

const boundMs = 1_000;

/** Whether a GET returns a 2xx status within a second. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(boundMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nothing listens yet, which is usual while a part starts.
    return false;
  }
}

/** Whether a port accepts connections. */
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
