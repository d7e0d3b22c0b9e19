import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CacheEntry, fetchIntoCache } from '@tidb-cdc/embedded/fetch/cache';
import { mavenEntry } from '@tidb-cdc/embedded/fetch/maven';
import { launcherEntry } from '@tidb-cdc/embedded/parts/canal';
import { programSource } from '@tidb-cdc/embedded/parts/go-program';
import { insideArchive, mariadbEntry } from '@tidb-cdc/embedded/parts/mariadb';
import { defaultCacheDir, repositoryFile } from '@tidb-cdc/embedded/paths';
import { findJdk } from '@tidb-cdc/embedded/preflight/java';
import { readVersions } from '@tidb-cdc/embedded/versions';
import versions from '../../../versions.json' with { type: 'json' };
import { goModuleEntry } from './go-module.ts';

/** What an image is made from: files and folders of this machine by their name in the build context. */
export type Products = Readonly<Record<string, string>>;

/** Images of this suite: the folders of e2e/images. */
export type RecipeName =
  | 'node'
  | 'kafka'
  | 'elasticsearch'
  | 'filebeat'
  | 'prometheus'
  | 'alertmanager'
  | 'json-exporter'
  | 'mariadb'
  | 'canal';

const embedded = readVersions();
const cacheDir = defaultCacheDir();
const tagOf = (image: string): string => image.slice(image.lastIndexOf(':') + 1);

const alertmanager = goModuleEntry({
  module: 'github.com/prometheus/alertmanager',
  version: tagOf(versions.images.alertmanager),
  mainPackage: './cmd/alertmanager',
  program: 'alertmanager',
  // Its pages are built by npm; the API needs none.
  generated: { 'ui/app/dist/index.html': '' },
});

const jsonExporter = goModuleEntry({
  module: 'github.com/prometheus-community/json_exporter',
  version: tagOf(versions.images['json-exporter']),
  mainPackage: '.',
  program: 'json_exporter',
});

/** Gets what every image is made from, from package registries and this machine; what was got before is in the cache. */
export async function fetchProducts(
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Record<RecipeName, Products>> {
  const get = (what: string, entry: CacheEntry) =>
    fetchIntoCache(cacheDir, entry, (detail) => say(`${what}: ${detail}`), signal);
  const kafka = await get('Kafka', mavenEntry({ profile: 'kafka', versions: embedded, get: 'jars' }));
  const elasticsearch = await get(
    'Elasticsearch',
    mavenEntry({ profile: 'elasticsearch', versions: embedded, get: 'content' }),
  );
  const mariadb = await get('MariaDB', mariadbEntry({ versions: embedded }));
  return {
    node: nodeProducts(),
    kafka: { content: join(kafka, 'content') },
    elasticsearch: { home: join(elasticsearch, 'content', `elasticsearch-${embedded.elasticsearch}`) },
    filebeat: { filebeat: await programPath('filebeat', say, signal) },
    prometheus: { prometheus: await programPath('prometheus', say, signal) },
    alertmanager: { alertmanager: join(await get('Alertmanager', alertmanager), 'alertmanager') },
    'json-exporter': { json_exporter: join(await get('JSON exporter', jsonExporter), 'json_exporter') },
    mariadb: { home: join(mariadb, insideArchive(embedded.mariadb)) },
    canal: await canalProducts(get),
  };
}

/** Node.js and npm of this machine, and the certificates it trusts. */
function nodeProducts(): Products {
  const npm = join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm');
  if (!readdirSync(npm).includes('bin')) throw new Error(`there is no npm in ${npm}`);
  const certificates = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt';
  return { node: process.execPath, npm, 'certificates.pem': certificates };
}

async function programPath(
  program: 'filebeat' | 'prometheus',
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const source = programSource(program, { cacheDir, versions: embedded });
  await source.fetch((detail) => say(`${program}: ${detail}`), signal);
  return source.path;
}

async function canalProducts(get: (what: string, entry: CacheEntry) => Promise<string>): Promise<Products> {
  const jdk = await findJdk();
  if ('what' in jdk) throw new Error(`${jdk.what}: ${jdk.remedy}`);
  const jars = mavenEntry({ profile: 'canal', versions: embedded, get: 'jars' });
  const content = join(await get('Canal', jars), 'content');
  const classes = await get('Canal', launcherEntry({ cacheDir, javaHome: jdk.home, versions: embedded }, jars));
  return { content, classes, 'logback.xml': repositoryFile('embedded', 'canal', 'logback.xml') };
}
