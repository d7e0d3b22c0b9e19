import { readFileSync } from 'node:fs';
import { SettingsError, settingText } from './environment.ts';

/**
 * Reads the PEM file that a setting names. Returns undefined, which means the public authorities, when it names none or
 * the file is empty: a compose file cannot omit a mount.
 * @throws SettingsError when it cannot be read
 */
export function readCertificate(setting: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    return text.trim() === '' ? undefined : text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError([`${settingText(setting, file)}: cannot be read: ${code}`]);
  }
}
