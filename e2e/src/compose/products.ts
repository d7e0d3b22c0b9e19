import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CacheEntry } from '@tidb-cdc/embedded/fetch/cache';
import { mavenEntry } from '@tidb-cdc/embedded/fetch/maven';
import { launcherEntry } from '@tidb-cdc/embedded/parts/canal';
import { programSource } from '@tidb-cdc/embedded/parts/go-program';
import { mariadbEntry, mariadbHome } from '@tidb-cdc/embedded/parts/mariadb';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { findJdk } from '@tidb-cdc/embedded/preflight/java';
import { readVersions } from '@tidb-cdc/embedded/versions';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { fetchCached } from '../cached.ts';
import { fetchGoProgram } from '../go-programs.ts';
import { buildGrafana, whyNoGrafana } from '../monitoring/grafana-build.ts';
import { releasedNode } from '../node-release.ts';

/** Inputs of an image: name in the build context → local file or folder. */
export type Products = Readonly<Record<string, string>>;

/** Images of this suite: one folder each in e2e/images. */
export type RecipeName =
  | 'node'
  | 'kafka'
  | 'elasticsearch'
  | 'filebeat'
  | 'prometheus'
  | 'alertmanager'
  | 'json-exporter'
  | 'grafana'
  | 'mariadb'
  | 'canal';

type Say = (line: string) => void;

const versions = readVersions();
const cacheDir = defaultCacheDir();

/**
 * Gets the inputs of every image from package registries, the cache and this machine. Leaves out Grafana if it cannot
 * be built.
 */
export async function fetchProducts(say: Say): Promise<Partial<Record<RecipeName, Products>>> {
  const get = (what: string, entry: CacheEntry) => fetchCached(what, entry, say);
  const kafka = await get('Kafka', mavenEntry({ profile: 'kafka', versions, get: 'jars' }));
  const elasticsearch = await get('Elasticsearch', mavenEntry({ profile: 'elasticsearch', versions, get: 'content' }));
  const mariadb = await get('MariaDB', mariadbEntry({ versions }));
  return {
    node: nodeProducts(await releasedNode(say)),
    kafka: { content: join(kafka, 'content') },
    elasticsearch: { home: join(elasticsearch, 'content', `elasticsearch-${versions.elasticsearch}`) },
    filebeat: { filebeat: await embeddedProgram('filebeat', say) },
    prometheus: { prometheus: await embeddedProgram('prometheus', say) },
    alertmanager: { alertmanager: await fetchGoProgram('alertmanager', say) },
    'json-exporter': { json_exporter: await fetchGoProgram('json-exporter', say) },
    ...(await grafanaProducts(say)),
    mariadb: { home: join(mariadb, mariadbHome(versions.mariadb)) },
    canal: await canalProducts(get),
  };
}

/** Node.js in the official image's version, this machine's npm, and the certificates it trusts. */
function nodeProducts(node: string): Products {
  const npm = join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm');
  if (!existsSync(npm)) throw new Error(`there is no npm in ${npm}`);
  const certificates = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt';
  return { node, npm, 'certificates.pem': certificates };
}

async function embeddedProgram(program: 'filebeat' | 'prometheus', say: Say): Promise<string> {
  const source = programSource(program, cacheDir);
  await source.fetch((detail) => say(`${program}: ${detail}`), new AbortController().signal);
  return source.path;
}

async function grafanaProducts(say: Say): Promise<Partial<Record<RecipeName, Products>>> {
  const obstacle = whyNoGrafana();
  if (obstacle !== undefined) {
    say(`without Grafana: ${obstacle}`);
    return {};
  }
  const { program, home } = await buildGrafana(say);
  return { grafana: { grafana: program, 'home/conf': join(home, 'conf'), 'home/public': join(home, 'public') } };
}

async function canalProducts(get: (what: string, entry: CacheEntry) => Promise<string>): Promise<Products> {
  const jdk = await findJdk();
  if ('what' in jdk) throw new Error(`${jdk.what}: ${jdk.remedy}`);
  const jars = mavenEntry({ profile: 'canal', versions, get: 'jars' });
  const content = join(await get('Canal', jars), 'content');
  const classes = await get('Canal', launcherEntry({ cacheDir, javaHome: jdk.home, versions }, jars));
  return { content, classes, 'logback.xml': repositoryFile('embedded', 'canal', 'logback.xml') };
}
