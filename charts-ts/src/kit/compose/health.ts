import type { HealthCheck } from './service.ts';

/**
 * Asks a path of an HTTP server in the container itself and wants the status 200, with nothing but bash: not every image
 * has curl.
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

/** Asks a path of an HTTP server in the container itself, with the wget that busybox has; Docker bounds its time. */
export function wgetHttpCheck(port: number, path: string): HealthCheck {
  return { command: ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${port}${path}`] };
}

/** The lines of a bash script, each of which has to succeed. */
export function bashCheck(script: readonly string[]): HealthCheck {
  return { command: ['bash', '-euc', script.join('\n')] };
}
