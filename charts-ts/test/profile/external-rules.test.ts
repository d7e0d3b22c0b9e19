import { SettingsError } from '@tidb-cdc/runtime/environment';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseProfile } from '../../src/profile.ts';
import { external, production } from '../support/profiles.ts';

/** The lines of the error for a profile; empty if the profile is valid. */
function problems(profile: unknown): string {
  try {
    parseProfile(stringify(profile), 'test.yaml');
    return '';
  } catch (error) {
    if (error instanceof SettingsError) return error.lines.join('\n');
    throw error;
  }
}

const { kafka, tidb } = external;
if (!('external' in kafka && 'external' in tidb)) throw new Error('the profile external must have both');

describe('a system that is external', () => {
  test('with a changefeed of somebody else has no protocol from here', () => {
    const theirs = { external: { changefeed: false } };
    expect(problems({ ...external, tidb: theirs, capture: undefined, protocol: 'simple' })).toBe(
      'profile test.yaml: protocol="simple": must be left out, since the changefeed is not created here',
    );
  });

  test('has no sizes beside', () => {
    expect(problems({ ...production, kafka: { ...production.kafka, ...kafka } })).toContain(
      'external stands alone: remove cpu, memory, memoryLimit, replicas,',
    );
  });

  test('is told apart from one that is rendered by the errors of each', () => {
    expect(problems({ ...production, kafka: {} })).toContain('kafka.replicas is not set: must be a whole number');
    expect(problems({ ...external, kafka: { external: {} } })).toContain('kafka.external.partitions is not set: ');
  });

  test('is named where the consumer reads rows of an external TiDB', () => {
    const consumer = { ...external.consumer, rowLookup: { secret: 'reader' } };
    expect(problems({ ...external, consumer })).toBe(
      'profile test.yaml: consumer.rowLookup.host is not set: must name the host of TiDB, since tidb is external',
    );
  });

  test.each([
    [{ brokers: ['kafka'] }, 'kafka.external.brokers.0="kafka": must be host:port'],
    [{ brokers: [] }, 'kafka.external.brokers=[]: must name at least one address'],
    [{ authentication: 'scram' }, 'authentication="scram": must be one of none, plain, scram-sha-256, scram-sha-512'],
    [{ authentication: 'none' }, 'kafka.external.secret={"consumer":'],
    [{ secret: undefined }, 'kafka.external.secret is not set: must name the Secret with username and password'],
    [{ secret: { ticdc: 'a' } }, '{"ticdc":"a"}: must be the name of a Secret, or those of each client'],
    [{ secret: { consumer: 'a' } }, 'kafka.external.secret.ticdc is not set: must name the Secret'],
    [{ tls: false }, 'kafka.external.caSecret="kafka-ca": must be left out, since tls is false'],
    [{ topic: 'a b' }, 'kafka.external.topic="a b": must be a topic name'],
    [{ topic: 'cdc.events.dead-letter' }, 'kafka.external.deadLetterTopic="cdc.events.dead-letter": must differ'],
    [{ partitions: 2 }, 'consumer.replicas=3: must be at most kafka.external.partitions (2)'],
    [{ replicas: 3 }, 'kafka.external={"'],
  ])('Kafka with %o is refused', (wrong, message) => {
    expect(problems({ ...external, kafka: { external: { ...kafka.external, ...wrong } } })).toContain(message);
  });

  test.each([
    [{ ticdc: undefined }, 'tidb.external.ticdc is not set: must say where TiCDC is, or changefeed must be false'],
    [{ changefeed: false }, 'tidb.external.ticdc={"url":'],
    [{ changefeed: false, ticdc: undefined }, 'capture=["*.*"]: must be left out, since the changefeed is not created'],
    [
      { ticdc: { url: 'ticdc:8300' } },
      'tidb.external.ticdc.url="ticdc:8300": must be http:// or https://, a host and a port',
    ],
    [{ ticdc: { url: 'http://ticdc:8300' } }, 'tidb.external.ticdc.kafkaCaFile is not set: must be the path of Kafka'],
    [{ ticdc: { url: 'http://ticdc:8300', kafkaCaFile: 'ca.crt' } }, '"ca.crt": must be a path that begins with /'],
  ])('TiDB with %o is refused', (wrong, message) => {
    expect(problems({ ...external, tidb: { external: { ...tidb.external, ...wrong } } })).toContain(message);
  });

  test.each([
    [{ capture: undefined }, 'capture is not set: must name tables'],
    [{ demo: true }, 'tidb.external.sql is not set: must say where SQL is, since demo is true'],
    [{ retention: { messages: '7d', documents: '7d' } }, 'retention.messages="7d": must be left out, since Kafka'],
    [{ peers: { sql: [{ cidr: '10.0.0.0/8' }] } }, 'must be left out, since TiDB is external'],
    [{ peers: { kafka: [{ cidr: '10.0.0.0/8' }] } }, 'must be left out, since Kafka is external'],
    [{ tidb: production.tidb, capture: undefined }, 'capture is not set: must name tables'],
  ])('a profile with %o is refused', (wrong, message) => {
    expect(problems({ ...external, ...wrong })).toContain(message);
  });

  test('needs a Secret of the console where there is one', () => {
    const size = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi' };
    expect(problems({ ...external, programs: 'bundle', console: size })).toContain(
      'kafka.external.secret.console is not set: must name the Secret of the console, since console is set',
    );
  });

  test('needs no Secret for who does not enter it', () => {
    const each = { external: { ...kafka.external, secret: { consumer: 'a' } } };
    expect(problems({ ...external, kafka: each, tidb: { external: { changefeed: false } }, capture: undefined })).toBe(
      '',
    );
  });
});
