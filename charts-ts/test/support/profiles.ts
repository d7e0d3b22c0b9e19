import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../../src/profile/fields.ts';
import { parseProfile } from '../../src/profile.ts';

/** Path of a file of the repository. */
export function repositoryFile(name: string): string {
  return fileURLToPath(new URL(`../../../${name}`, import.meta.url));
}

/** A digest in the place of the one that a user has to fill in. */
export const digest = `sha256:${'0a'.repeat(32)}`;

/** Text of a profile of k8s/profiles, with the digests that are left to users filled in. */
export function filledIn(name: string): string {
  return readFileSync(repositoryFile(`k8s/profiles/${name}.yaml`), 'utf8').replaceAll(/sha256:0{64}/g, digest);
}

function committed(name: string): Profile {
  return parseProfile(filledIn(name), `k8s/profiles/${name}.yaml`);
}

/** The parts of a system that is rendered. @throws Error where it is external */
export function own<T extends object>(system: T): Exclude<T, { external: unknown }> {
  if ('external' in system) throw new Error('the system is external');
  return system as Exclude<T, { external: unknown }>;
}

export const kind = committed('kind');
export const production = committed('production');
/** Every system that can be external is. */
export const external = committed('external');
export const profiles: readonly (readonly [string, Profile])[] = [
  ['kind', kind],
  ['production', production],
  ['external', external],
];

const image = `registry.example/tidb-cdc/console@${digest}`;

/** A profile with the console page, as its fields are after reading. */
export function withConsole(profile: Profile, options: Partial<NonNullable<Profile['console']>> = {}): Profile {
  const size = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi' };
  const { programs } = profile;
  return {
    ...profile,
    programs: programs === 'bundle' ? programs : { ...programs, console: image },
    console: { ...size, write: false, ...options },
  };
}

/** The kind profile without code in ConfigMaps, for what has nothing to do with the code: it is quicker. */
export const kindWithImages: Profile = { ...kind, programs: production.programs };
