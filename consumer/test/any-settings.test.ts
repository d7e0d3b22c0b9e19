import { SettingsError } from '@tidb-cdc/runtime/environment';
import { readKafkaAccess } from '@tidb-cdc/runtime/kafka-access';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consumerSettings, readSettings } from '../src/settings.ts';

/* Whatever the environment holds, the settings are read, or refused with one line per invalid setting. */

const names = Object.keys(consumerSettings.shape);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 2_000 }),
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom(
    ' ',
    ',',
    '1e9',
    '0x10',
    '9'.repeat(400),
    '__proto__',
    'a:1,b:2',
    'events.ndjson',
    '[::1]:9092',
    'info',
  ),
);
/** Like no other value, or an error that shows the other one would show this one too. */
const secret = fc.string().map((random) => `secret-${random}`);
const environment = fc.dictionary(fc.constantFrom(...names), text, { noNullPrototype: true });

function linesOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readKafkaAccess(readSettings(env));
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).lines;
  }
}

const wrongNames = (env: NodeJS.ProcessEnv) =>
  new Set(linesOf(env).map((line) => names.find((name) => line.startsWith(`${name}=`) || line.startsWith(`${name} `))));

test('each line names a setting that is wrong and its rule, in bounded length, with no password', () => {
  fc.assert(
    fc.property(environment, secret, (env, password) => {
      for (const line of linesOf({ ...env, KAFKA_PASSWORD: password })) {
        expect(names.some((name) => line.startsWith(name))).toBe(true);
        expect(line).toMatch(/^[^\n]{1,400}$/u);
        expect(line).not.toContain(password);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('what one setting alone is refused for, it is refused for among others', () => {
  // The rules of the excluded settings depend on other settings.
  const independent = names.filter(
    (name) => !/^KAFKA_(USERNAME|PASSWORD|CA_FILE|TOPICS|DEAD)|ROTATE|MAX_BYTES/.test(name),
  );
  fc.assert(
    fc.property(environment, (env) => {
      const among = wrongNames(env);
      for (const name of independent) {
        if (env[name] !== undefined) expect(among.has(name)).toBe(wrongNames({ [name]: env[name] }).has(name));
      }
    }),
    { numRuns: 500 },
  );
});

test('what is read keeps its rules', () => {
  fc.assert(
    fc.property(environment, (env) => {
      if (linesOf(env).length > 0) return;
      const settings = readSettings(env);
      expect(settings.KAFKA_TOPICS).not.toContain(settings.KAFKA_DEAD_LETTER_TOPIC);
      expect(settings.EVENT_LOG_ROTATE_BYTES).toBeGreaterThanOrEqual(settings.EVENT_LOG_MAX_BYTES);
      expect(settings.HTTP_PORT).toBeLessThanOrEqual(65_535);
      for (const value of Object.values(settings))
        if (typeof value === 'number') expect(value).toSatisfy(Number.isSafeInteger);
    }),
  );
});
