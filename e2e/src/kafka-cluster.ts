import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderProperties, serverProperties } from '@tidb-cdc/charts/kafka/server-properties';
import { kafkaCommand } from '@tidb-cdc/embedded/parts/kafka';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { requireJdk } from '@tidb-cdc/embedded/preflight/java';
import { readVersions } from '@tidb-cdc/embedded/versions';
import { freePort } from '@tidb-cdc/runtime/ports';
import { execa } from 'execa';
import { brokersOf, leaderOf } from './clients/kafka.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** Nodes of the cluster; the first is also the controller. */
const nodes = [1, 2, 3] as const;

export type Node = (typeof nodes)[number];

interface NodeFiles {
  readonly listen: string;
  readonly config: string;
  readonly logFile: string;
}

/** Three brokers on free loopback ports. Each topic has a replica on every broker. Kafka must be in the cache. */
export class KafkaCluster {
  readonly #javaHome: string;
  readonly #files: ReadonlyMap<Node, NodeFiles>;
  readonly #running = new Map<Node, ServerProcess>();

  private constructor(javaHome: string, files: ReadonlyMap<Node, NodeFiles>) {
    this.#javaHome = javaHome;
    this.#files = files;
  }

  static async start(folder: string): Promise<KafkaCluster> {
    const cluster = new KafkaCluster((await requireJdk()).home, await writeFiles(folder));
    const id = randomBytes(16).toString('base64url');
    try {
      for (const node of nodes) await cluster.#format(node, id);
      for (const node of nodes) await cluster.#startNode(node);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Bootstrap servers. */
  get brokers(): string {
    return [...this.#files.values()].map(({ listen }) => listen).join(',');
  }

  /** The node that leads a partition. */
  async leaderOf(topic: string, partition: number): Promise<Node> {
    return (await leaderOf(this.brokers, topic, partition)) as Node;
  }

  async #startNode(node: Node): Promise<void> {
    const { listen, config, logFile } = this.#filesOf(node);
    const server = await startServer({
      name: `Kafka ${node}`,
      command: this.#command('kafka.Kafka', [config]),
      logFile,
      isReady: () => joined(listen, node),
    });
    this.#running.set(node, server);
  }

  async kill(node: Node): Promise<void> {
    await this.#running.get(node)?.kill();
    this.#running.delete(node);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((node) => this.kill(node)));
  }

  async #format(node: Node, clusterId: string): Promise<void> {
    const quorum = node === 1 ? ['--standalone'] : [];
    const format = ['format', `--cluster-id=${clusterId}`, '--config', this.#filesOf(node).config, ...quorum];
    const [program, ...args] = this.#command('kafka.tools.StorageTool', format);
    await execa(program, args);
  }

  #command(mainClass: string, args: readonly string[]): [string, ...string[]] {
    const context = { javaHome: this.#javaHome, cacheDir: defaultCacheDir(), versions: readVersions() };
    return [...kafkaCommand(context, { heapMegabytes: 256, mainClass, args })];
  }

  #filesOf(node: Node): NodeFiles {
    const files = this.#files.get(node);
    if (files === undefined) throw new Error(`there is no node ${node}`);
    return files;
  }
}

async function writeFiles(folder: string): Promise<ReadonlyMap<Node, NodeFiles>> {
  const controller = `127.0.0.1:${await freePort()}`;
  const files = new Map<Node, NodeFiles>();
  for (const node of nodes) {
    const home = join(folder, `kafka-${node}`);
    mkdirSync(home, { recursive: true });
    const listen = `127.0.0.1:${await freePort()}`;
    const properties = serverProperties({ advertised: listen, listen, controller, dataDir: join(home, 'data') });
    const config = join(home, 'server.properties');
    const own = {
      'node.id': String(node),
      'offsets.topic.replication.factor': '3',
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      // Time until the controller considers a broker dead.
      'broker.session.timeout.ms': '4000',
      ...(node === 1
        ? {}
        : {
            'process.roles': 'broker',
            listeners: `PLAINTEXT://${listen}`,
            'advertised.listeners': `PLAINTEXT://${listen}`,
          }),
    };
    writeFileSync(config, renderProperties({ ...properties, ...own }));
    files.set(node, { listen, config, logFile: join(home, 'log') });
  }
  return files;
}

/** @throws Error while the broker is not a member of its cluster */
async function joined(listen: string, node: Node): Promise<void> {
  const members = await brokersOf(listen);
  if (!members.includes(node)) throw new Error(`the cluster has the brokers ${members.join(', ')}`);
}
