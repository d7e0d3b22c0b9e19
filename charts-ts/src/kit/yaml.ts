import { stringify } from 'yaml';

/**
 * Renders plain data as YAML, quoted for readers of YAML 1.1. docker-compose 1.29.2, Elasticsearch and Filebeat read
 * 1.1, in which `no` is false and `472:0` a number in base 60.
 */
export function renderYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
