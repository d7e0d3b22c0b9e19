import { expect, test } from 'vitest';
import { renderYaml } from '../../src/kit/yaml.ts';

test('quotes what a reader of YAML 1.1 takes for something else', () => {
  const text = renderYaml({ restart: 'no', user: '472:0', flag: 'on', port: '9200', name: 'plain' });
  expect(text).toBe('restart: "no"\nuser: "472:0"\nflag: "on"\nport: "9200"\nname: plain\n');
});

test('writes long lines whole and the same object twice, not as an alias', () => {
  const shared = { text: 'word '.repeat(60).trim() };
  expect(renderYaml([shared, shared])).toBe(`- text: ${shared.text}\n- text: ${shared.text}\n`);
});
