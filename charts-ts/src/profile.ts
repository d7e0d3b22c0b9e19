import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parse, YAMLParseError } from 'yaml';
import { type Profile, profileFields } from './profile/fields.ts';
import { checkRules } from './profile/rules.ts';

export type { Profile };

const profileSchema = profileFields.superRefine(checkRules);

/** Path of a profile, given its name in `k8s/profiles` or the path of a YAML file. */
export function profilePath(nameOrPath: string): string {
  return /[/.]/.test(nameOrPath) ? resolve(nameOrPath) : repositoryFile('k8s', 'profiles', `${nameOrPath}.yaml`);
}

/** @throws SettingsError with a line per wrong key: the file, the key, its value, the rule */
export async function readProfile(path: string): Promise<Profile> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new SettingsError([`profile ${path}: cannot be read: ${(error as Error).message}`]);
  }
  return parseProfile(content, path);
}

/**
 * @param source names the profile in errors
 * @throws SettingsError as readProfile
 */
export function parseProfile(content: string, source: string): Profile {
  const result = profileSchema.safeParse(parseYaml(content, source), { reportInput: true });
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path, message, input }) => {
      const value = input === undefined ? ' is not set' : `=${JSON.stringify(input)}`;
      return `profile ${source}: ${path.join('.') || 'content'}${value}: ${message}`;
    }),
  );
}

function parseYaml(content: string, source: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new SettingsError([`profile ${source}: is not YAML: ${error.message}`]);
  }
}
