import type { HealthCheck } from './service.ts';

/**
 * Requests a path from an HTTP server inside the container and expects status 200. Uses bash alone, since not every
 * image has curl.
 */
export function bashHttpCheck(port: number, path: string): HealthCheck {
  const script = [
    `exec 3<>/dev/tcp/127.0.0.1/${port}`,
    `printf 'GET ${path} HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3`,
    'IFS= read -r -t 4 -u 3 status',
    '[[ $status == *" 200 "* ]]',
  ];
  return bashCheck(script);
}

/** Requests a path from an HTTP server inside the container with busybox's wget. Docker limits the time. */
export function wgetHttpCheck(port: number, path: string): HealthCheck {
  return { command: ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${port}${path}`] };
}

/** Runs the lines of a bash script; each must succeed. */
export function bashCheck(script: readonly string[]): HealthCheck {
  return { command: ['bash', '-euc', script.join('\n')] };
}
