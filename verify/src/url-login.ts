import type { Login } from '@tidb-cdc/runtime/login';

/** The URL with a login in it, from where requests take it. */
export function withLogin(url: string, { username, password }: Login): string {
  return url.replace('://', `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}
