import { z } from 'zod';
import { readCertificate } from './certificate.ts';
import { defined } from './defined.ts';
import { oneOf } from './environment.ts';
import { type Login, readLogin } from './login.ts';

/** Settings of a program that connects to brokers with a login or over TLS. */
export const kafkaAccessSettings = {
  KAFKA_USERNAME: z.string().optional().describe('User name, for brokers that require a login.'),
  KAFKA_PASSWORD: z.string().optional().describe('Password of that user.'),
  KAFKA_SASL_MECHANISM: oneOf(['plain', 'scram-sha-256', 'scram-sha-512'])
    .default('plain')
    .describe('SASL mechanism of the login: plain, scram-sha-256 or scram-sha-512.'),
  KAFKA_TLS: oneOf(['true', 'false'])
    .optional()
    .describe(
      'Whether connections use TLS: true or false. The default is true where `KAFKA_CA_FILE` is set, else false.',
    ),
  KAFKA_CA_FILE: z
    .string()
    .optional()
    .describe("PEM file with the brokers' certificate authority. If unset or empty, the public ones are trusted."),
};

type KafkaAccessSettings = z.infer<z.ZodObject<typeof kafkaAccessSettings>>;

/** Login and encryption for the brokers; empty for brokers that need neither. */
export interface KafkaAccess {
  readonly login?: Login & { readonly mechanism: KafkaAccessSettings['KAFKA_SASL_MECHANISM'] };
  /** For brokers whose listener is encrypted. */
  readonly tls?: {
    /** PEM text of their certificate authority. @default the public ones */
    readonly ca?: string;
  };
}

/** @throws SettingsError when only the user or only the password is set, or the file cannot be read */
export function readKafkaAccess(settings: KafkaAccessSettings): KafkaAccess {
  const login = readLogin(settings, 'KAFKA');
  const encrypted = (settings.KAFKA_TLS ?? String(settings.KAFKA_CA_FILE !== undefined)) === 'true';
  return defined({
    login: login && { ...login, mechanism: settings.KAFKA_SASL_MECHANISM },
    tls: encrypted ? defined({ ca: readCertificate('KAFKA_CA_FILE', settings.KAFKA_CA_FILE) }) : undefined,
  });
}
