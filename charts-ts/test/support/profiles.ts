import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../../src/profile/fields.ts';
import { parseProfile } from '../../src/profile.ts';

/** Path of a file in the repository. */
export function repositoryFile(name: string): string {
  return fileURLToPath(new URL(`../../../${name}`, import.meta.url));
}

/** A digest instead of the placeholder that users must fill in. */
export const digest = `sha256:${'0a'.repeat(32)}`;

/** Text of a profile in k8s/profiles, with its placeholders for digests filled in. */
export function filledIn(name: string): string {
  return readFileSync(repositoryFile(`k8s/profiles/${name}.yaml`), 'utf8').replaceAll(/sha256:0{64}/g, digest);
}

function committed(name: string): Profile {
  return parseProfile(filledIn(name), `k8s/profiles/${name}.yaml`);
}

/** Narrows a system to one that is ours. @throws Error if it is external */
export function own<T extends object>(system: T): Exclude<T, { external: unknown }> {
  if ('external' in system) throw new Error('the system is external');
  return system as Exclude<T, { external: unknown }>;
}

export const kind = committed('kind');
export const production = committed('production');
/** The profile where every system that can be external is external. */
export const external = committed('external');
export const profiles: readonly (readonly [string, Profile])[] = [
  ['kind', kind],
  ['production', production],
  ['external', external],
];

const image = `registry.example/tidb-cdc/console@${digest}`;

/** A profile with the console page, as after parsing. */
export function withConsole(profile: Profile, options: Partial<NonNullable<Profile['console']>> = {}): Profile {
  const size = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi' };
  const { programs } = profile;
  return {
    ...profile,
    programs: programs === 'bundle' ? programs : { ...programs, console: image },
    console: { ...size, write: false, ...options },
  };
}

/** The kind profile without code in ConfigMaps, for tests that do not need the code: rendering it is faster. */
export const kindWithImages: Profile = { ...kind, programs: production.programs };
