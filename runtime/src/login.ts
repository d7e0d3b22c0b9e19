import { SettingsError } from './environment.ts';

/** A user name and its password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads a login from the settings `<prefix>_USERNAME` and `<prefix>_PASSWORD`; undefined when both are unset.
 *
 * @throws SettingsError when one is set without the other
 */
export function readLogin<P extends string>(
  settings: { readonly [name in `${P}_USERNAME` | `${P}_PASSWORD`]?: string | undefined },
  prefix: P,
): Login | undefined {
  const username = settings[`${prefix}_USERNAME`];
  const password = settings[`${prefix}_PASSWORD`];
  if (username !== undefined && password !== undefined) return { username, password };
  if (username === undefined && password === undefined) return undefined;
  const unset = username === undefined ? 'USERNAME' : 'PASSWORD';
  throw new SettingsError([`${prefix}_${unset} is not set: ${prefix}_USERNAME and ${prefix}_PASSWORD go together`]);
}
