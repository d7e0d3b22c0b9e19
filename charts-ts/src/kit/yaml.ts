import { stringify } from 'yaml';

/**
 * YAML text of plain data. Quoted for readers of YAML 1.1, which docker-compose 1.29.2, Elasticsearch and Filebeat are:
 * to them `no` is false and `472:0` a number in base 60.
 */
export function renderYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
