import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import type { KubernetesObject } from './kubernetes-object.ts';

export interface KubectlOptions {
  readonly program: string;
  readonly kubeconfig: string;
  /** Cache folder of this server only: a cache from an earlier server on the same address hides missing kinds. */
  readonly cacheDir: string;
}

export interface RunOptions {
  /** Text for standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;

/** Calls kubectl as one user of one cluster. */
export class Kubectl {
  readonly #options: KubectlOptions;

  constructor(options: KubectlOptions) {
    this.#options = options;
  }

  /**
   * Runs kubectl and returns its standard output.
   * @throws ExecaError with its arguments, exit code and output, when the exit code is not 0
   */
  async run(args: readonly string[], { input = '', timeoutMs = defaultTimeoutMs }: RunOptions = {}): Promise<string> {
    const { program, kubeconfig, cacheDir } = this.#options;
    const all = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${cacheDir}`, ...args];
    return (await execa(program, all, { input, timeout: timeoutMs, stripFinalNewline: false })).stdout;
  }

  /** Returns one object. @throws Error when it does not exist */
  async get<T extends KubernetesObject>(kind: string, name: string, namespace?: string): Promise<T> {
    return JSON.parse(await this.run(['get', kind, name, ...namespaceArgs(namespace), '-o=json'])) as T;
  }

  /** Returns all objects of a kind in a namespace, or in the whole cluster. */
  async list<T extends KubernetesObject>(kind: string, namespace?: string): Promise<readonly T[]> {
    const where = namespace === undefined ? ['--all-namespaces'] : namespaceArgs(namespace);
    return (JSON.parse(await this.run(['get', kind, ...where, '-o=json'])) as { items: readonly T[] }).items;
  }

  /** Creates objects; fails if one exists. */
  async create(...objects: readonly object[]): Promise<void> {
    await this.run(['create', '-f', '-'], { input: JSON.stringify(kubernetesList(objects)) });
  }

  /** kubectl as a ServiceAccount, with a token that the cluster issues for it. */
  async asServiceAccount(namespace: string, name: string, kubeconfig: string): Promise<Kubectl> {
    await this.writeServiceAccountConfig(namespace, name, kubeconfig);
    return new Kubectl({ ...this.#options, kubeconfig });
  }

  /** A ServiceAccount's token, valid for four hours. */
  async token(namespace: string, name: string): Promise<string> {
    return (await this.run(['create', 'token', name, ...namespaceArgs(namespace), '--duration=4h'])).trim();
  }

  /** Writes a kubeconfig with a ServiceAccount's token: the access that its pods have. */
  async writeServiceAccountConfig(namespace: string, name: string, kubeconfig: string): Promise<void> {
    const token = await this.token(namespace, name);
    const config = JSON.parse(await this.run(['config', 'view', '--raw', '--flatten', '-o=json'])) as object;
    const own = {
      users: [{ name, user: { token } }],
      // A pod's own namespace is its default namespace.
      contexts: [{ name, context: { cluster: 'test', user: name, namespace } }],
      'current-context': name,
    };
    writeFileSync(kubeconfig, JSON.stringify({ ...config, ...own }), { mode: 0o600 });
  }
}

/** Wraps objects in a List, which kubectl reads as one document. */
export function kubernetesList(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items };
}

function namespaceArgs(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : [`--namespace=${namespace}`];
}
