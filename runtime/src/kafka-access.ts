import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defined } from './defined.ts';
import { oneOf, SettingsError, settingText } from './environment.ts';
import { type Login, readLogin } from './login.ts';

/** Settings of a program that enters Kafka: for brokers that ask for a login, or whose listener is encrypted. */
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

/** How brokers are entered; empty for brokers that let everybody in. */
export interface KafkaAccess {
  readonly login?: Login & { readonly mechanism: KafkaAccessSettings['KAFKA_SASL_MECHANISM'] };
  /** PEM text of the brokers' certificate authority. */
  readonly ca?: string;
}

/** @throws SettingsError for half a login, or a file that cannot be read */
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
 * PEM text of the file that a setting names.
 * @throws SettingsError where it cannot be read
 */
export function readCertificate(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError([`${settingText(setting, file)}: cannot be read: ${code}`]);
  }
}
