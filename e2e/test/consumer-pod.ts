import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systems } from '@tidb-cdc/charts/pipeline';
import { programSource } from '@tidb-cdc/embedded/parts/go-program';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { fetchText } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { parse } from 'yaml';
import type { ConfigMap, Workload } from '../src/cluster/kubernetes-object.ts';
import { distFolder, Manifests } from '../src/cluster/manifests.ts';
import { type ServerProcess, startServer } from '../src/server-process.ts';
import { OwnConsumer } from './own-consumer.ts';

export interface ConsumerPodOptions {
  /** Folder used as the pod's volume: it outlives the pod. */
  readonly volume: string;
  readonly kafka: string;
  readonly topic: string;
  readonly elasticsearch: string;
  /** Name of the Elasticsearch alias, instead of the system's. */
  readonly index: string;
}

export interface PodDeletion {
  /** How long the sidecar's hook waits for Elasticsearch at most, in seconds. @default as in the manifests */
  readonly drainSeconds?: number;
  /** Called when the consumer has ended. */
  readonly consumerEnded?: () => void;
}

/**
 * A pod of the StatefulSet `consumer` in dist/, with its two containers as processes. Their settings come from the
 * manifests, except for addresses and paths of this machine. The containers stop in the same order as under a kubelet.
 */
export class ConsumerPod {
  readonly #options: ConsumerPodOptions;
  readonly #manifests = new Manifests(distFolder);
  #consumer: OwnConsumer | undefined;
  #filebeat: ServerProcess | undefined;
  #filebeatPort = 0;

  constructor(options: ConsumerPodOptions) {
    this.#options = options;
    for (const folder of [this.#eventLog, this.#registry]) mkdirSync(folder, { recursive: true });
  }

  /** The running consumer. @throws Error while it does not run */
  get consumer(): OwnConsumer {
    if (this.#consumer === undefined) throw new Error('the consumer of the pod does not run');
    return this.#consumer;
  }

  async start(): Promise<void> {
    await this.startFilebeat();
    await this.startConsumer();
  }

  async startConsumer(): Promise<void> {
    const { kafka, topic } = this.#options;
    this.#consumer = await OwnConsumer.start({
      kafka,
      topic,
      groupId: topic,
      folder: this.#eventLog,
      env: this.#settings(),
    });
  }

  async startFilebeat(): Promise<void> {
    const port = await freePort();
    this.#filebeatPort = port;
    const { volume } = this.#options;
    const config = join(volume, 'filebeat.json');
    writeFileSync(config, JSON.stringify(this.#filebeatConfig(port)));
    this.#filebeat = await startServer({
      name: 'Filebeat',
      command: [
        programSource('filebeat', defaultCacheDir()).path,
        '-c',
        config,
        `--path.home=${volume}`,
        `--path.data=${this.#registry}`,
        '--strict.perms=false',
      ],
      logFile: join(volume, 'filebeat.log'),
      isReady: async () => {
        await fetchText(`http://127.0.0.1:${port}/`);
      },
      stopTimeoutMs: this.#gracePeriodMs,
    });
  }

  /** Kills one container, which a kubelet would restart. */
  async killConsumer(): Promise<void> {
    await this.consumer.kill();
    this.#consumer = undefined;
  }

  async killFilebeat(): Promise<void> {
    await this.#filebeat?.kill();
    this.#filebeat = undefined;
  }

  /** Deletes the pod: the consumer ends, and meanwhile the sidecar's hook runs; then the sidecar ends. */
  async delete({ drainSeconds, consumerEnded }: PodDeletion = {}): Promise<void> {
    const hook = this.#beforeStop(drainSeconds);
    await this.#consumer?.stop();
    consumerEnded?.();
    await hook;
    this.#consumer = undefined;
    await this.#filebeat?.stop();
    this.#filebeat = undefined;
  }

  /** Kills the pod, as the failure of its node does. */
  async lose(): Promise<void> {
    await Promise.all([this.#consumer?.kill(), this.#filebeat?.kill()]);
    this.#consumer = undefined;
    this.#filebeat = undefined;
  }

  get #eventLog(): string {
    return join(this.#options.volume, 'event-log');
  }

  get #registry(): string {
    return join(this.#options.volume, 'filebeat');
  }

  get #pod() {
    return this.#manifests.one<Workload>('StatefulSet', 'consumer').spec.template.spec;
  }

  /** Runs the sidecar's hook, at the ports that the containers have here. */
  async #beforeStop(drainSeconds: number | undefined): Promise<void> {
    const sidecar = this.#pod.initContainers?.find(({ name }) => name === 'filebeat');
    const [program = '', ...args] = sidecar?.lifecycle?.preStop?.exec?.command ?? [];
    const own = new Map<number, string>([
      [systems.consumer.http, new URL(this.consumer.url).port],
      [systems.filebeat.status, String(this.#filebeatPort)],
    ]);
    const script = args
      .map((arg) => arg.replaceAll(/(?<=127\.0\.0\.1:)\d+/g, (port) => own.get(Number(port)) ?? port))
      .map((arg) => (drainSeconds === undefined ? arg : arg.replace(/(?<=SECONDS >= )\d+/, String(drainSeconds))));
    await promisify(execFile)(program, script);
  }

  get #gracePeriodMs(): number {
    return (this.#pod.terminationGracePeriodSeconds ?? 30) * 1_000;
  }

  /** Settings of the consumer's container that are not addresses. */
  #settings(): Readonly<Record<string, string>> {
    const [{ env = [] } = {}] = this.#pod.containers;
    const kept = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
    return Object.fromEntries(kept.filter(([name]) => /^(EVENT_LOG_|SHUTDOWN_)/.test(name)));
  }

  #filebeatConfig(port: number): object {
    const { data = {} } = this.#manifests.one<ConfigMap>('ConfigMap', 'filebeat');
    const config = parse(data['filebeat.yml'] ?? '', { version: '1.1' }) as FilebeatConfig;
    const { username: _, password: __, 'ssl.certificate_authorities': ___, ...output } = config['output.elasticsearch'];
    const { elasticsearch, index } = this.#options;
    return {
      ...config,
      'filebeat.inputs': config['filebeat.inputs'].map((input) => ({
        ...input,
        paths: [join(this.#eventLog, 'events.*.ndjson')],
      })),
      'output.elasticsearch': { ...output, hosts: [elasticsearch], index },
      'http.host': '127.0.0.1',
      'http.port': port,
    };
  }
}

interface FilebeatConfig {
  readonly 'filebeat.inputs': readonly object[];
  readonly 'output.elasticsearch': Readonly<Record<string, unknown>>;
}
