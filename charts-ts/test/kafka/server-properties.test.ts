import { describe, expect, test } from 'vitest';
import { renderProperties, serverProperties } from '../../src/kafka/server-properties.ts';

const options = { advertised: 'kafka:9092', listen: '0.0.0.0:9092', controller: '127.0.0.1:9094', dataDir: '/data' };

test('has one listener for clients without a login', () => {
  expect(serverProperties(options)).toMatchObject({
    listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9094',
    'advertised.listeners': 'PLAINTEXT://kafka:9092,CONTROLLER://127.0.0.1:9094',
  });
});

describe('with a login', () => {
  const outside = { listen: '0.0.0.0:9095', advertisedHost: '127.0.0.1', portVariable: 'PORT_KAFKA' };
  const login = { username: 'cdc', passwordVariable: 'KAFKA_PASSWORD', internal: '127.0.0.1:9096', outside };
  const properties = serverProperties({ ...options, login });

  test('asks for it on every listener that is not one of the loopback interface', () => {
    const protocols = Object.fromEntries(
      (properties['listener.security.protocol.map'] ?? '').split(',').map((pair) => pair.split(':')),
    );
    const open = (properties.listeners ?? '').split(',').filter((listener) => {
      const [name = ''] = listener.split(':');
      return protocols[name] !== 'SASL_PLAINTEXT';
    });
    expect(open).toEqual(['INTERNAL://127.0.0.1:9096', 'CONTROLLER://127.0.0.1:9094']);
  });

  test('holds the name of the password’s variable, not the password', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka interpolates the variable.
    expect(renderProperties(properties)).toContain('required user_cdc="${env:KAFKA_PASSWORD}";\n');
  });
});

test('refuses a value that a properties file would read otherwise', () => {
  expect(() => renderProperties({ 'log.dirs': 'a\\b' })).toThrow('\'log.dirs\' ("a\\\\b") must not hold');
});
