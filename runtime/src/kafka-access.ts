import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defined } from './defined.ts';
import { oneOf, SettingsError, settingText } from './environment.ts';
import { type Login, readLogin } from './login.ts';

/** Settings of a program that connects to brokers with a login or over TLS. */
export const kafkaAccessSettings = {
  KAFKA_USERNAME: z.string().optional().describe('User, for brokers that ask for a login.'),
  KAFKA_PASSWORD: z.string().optional().describe('Its password.'),
  KAFKA_SASL_MECHANISM: oneOf(['plain', 'scram-sha-256', 'scram-sha-512'])
    .default('plain')
    .describe('How the login is sent: plain, scram-sha-256 or scram-sha-512.'),
  KAFKA_CA_FILE: z
    .string()
    .optional()
    .describe("PEM file with the brokers' certificate authority; with it connections are encrypted."),
};

type KafkaAccessSettings = z.infer<z.ZodObject<typeof kafkaAccessSettings>>;

/** Login and certificate for the brokers; empty for brokers that need neither. */
export interface KafkaAccess {
  readonly login?: Login & { readonly mechanism: KafkaAccessSettings['KAFKA_SASL_MECHANISM'] };
  /** PEM text of the brokers' certificate authority. */
  readonly ca?: string;
}

/** @throws SettingsError when only the user or only the password is set, or the file cannot be read */
export function readKafkaAccess(settings: KafkaAccessSettings): KafkaAccess {
  const login = readLogin(settings, 'KAFKA');
  const file = settings.KAFKA_CA_FILE;
  return {
    ...defined({
      login: login && { ...login, mechanism: settings.KAFKA_SASL_MECHANISM },
      ca: file === undefined ? undefined : readCertificate('KAFKA_CA_FILE', file),
    }),
  };
}

/**
 * Reads the PEM file that a setting names.
 * @throws SettingsError when it cannot be read
 */
export function readCertificate(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError([`${settingText(setting, file)}: cannot be read: ${code}`]);
  }
}
