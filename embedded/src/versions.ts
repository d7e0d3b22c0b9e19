import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';

/** Versions of the embedded system's components: the `embedded` section of versions.json. */
export interface EmbeddedVersions {
  readonly kafka: string;
  readonly log4j: string;
  readonly mariadb: string;
  readonly canal: string;
  readonly elasticsearch: string;
  /** Versions of Go modules. */
  readonly filebeat: string;
  readonly prometheus: string;
}

/** Reads versions.json, the only place with versions. */
export function readVersions(): EmbeddedVersions {
  const text = readFileSync(repositoryFile('versions.json'), 'utf8');
  return (JSON.parse(text) as { embedded: EmbeddedVersions }).embedded;
}
