/** A value in a Secret. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** A login: the name as text, or both in a Secret. */
export interface SecretLogin {
  readonly username: string | SecretKey;
  readonly password: SecretKey;
}

/** The login in a Secret with `username` and `password`. */
export function secretLogin(secret: string) {
  return { username: { secret, key: 'username' }, password: { secret, key: 'password' } };
}

/** A Secret that a container sees as a folder. */
export interface SecretFolder {
  readonly secret: string;
  readonly folder: string;
}

/** Volumes of such Secrets, and their read-only mounts. @param folders by volume name; undefined ones are left out */
export function secretFolders(folders: Readonly<Record<string, SecretFolder | undefined>>) {
  const present = Object.entries(folders).filter((entry): entry is [string, SecretFolder] => entry[1] !== undefined);
  return {
    volumes: present.map(([name, { secret }]) => ({ name, secret: { secretName: secret } })),
    volumeMounts: present.map(([name, { folder }]) => ({ name, mountPath: folder, readOnly: true })),
  };
}
