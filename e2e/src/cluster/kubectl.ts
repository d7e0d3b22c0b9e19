import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import type { KubernetesObject } from './kubernetes-object.ts';

export interface KubectlOptions {
  readonly program: string;
  readonly kubeconfig: string;
  /** A folder of this server alone: what is remembered of an earlier server on the same address hides missing kinds. */
  readonly cacheDir: string;
}

export interface RunOptions {
  /** Text for its standard input. */
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
   * Runs kubectl and gives what it printed.
   * @throws ExecaError with its arguments, its exit code and all it printed, where that code is not 0
   */
  async run(args: readonly string[], { input = '', timeoutMs = defaultTimeoutMs }: RunOptions = {}): Promise<string> {
    const { program, kubeconfig, cacheDir } = this.#options;
    const all = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${cacheDir}`, ...args];
    return (await execa(program, all, { input, timeout: timeoutMs, stripFinalNewline: false })).stdout;
  }

  /** One object. @throws Error where there is none */
  async get<T extends KubernetesObject>(kind: string, name: string, namespace?: string): Promise<T> {
    return JSON.parse(await this.run(['get', kind, name, ...namespaceArgs(namespace), '-o=json'])) as T;
  }

  /** All objects of a kind in a namespace, or in the whole cluster. */
  async list<T extends KubernetesObject>(kind: string, namespace?: string): Promise<readonly T[]> {
    const where = namespace === undefined ? ['--all-namespaces'] : namespaceArgs(namespace);
    return (JSON.parse(await this.run(['get', kind, ...where, '-o=json'])) as { items: readonly T[] }).items;
  }

  /** Creates objects that are not there. */
  async create(...objects: readonly object[]): Promise<void> {
    await this.run(['create', '-f', '-'], { input: JSON.stringify(kubernetesList(objects)) });
  }

  /** kubectl as a ServiceAccount, by a token that the cluster issues for it. */
  async asServiceAccount(namespace: string, name: string, kubeconfig: string): Promise<Kubectl> {
    await this.writeServiceAccountConfig(namespace, name, kubeconfig);
    return new Kubectl({ ...this.#options, kubeconfig });
  }

  /** A token of a ServiceAccount, good for some hours. */
  async token(namespace: string, name: string): Promise<string> {
    return (await this.run(['create', 'token', name, ...namespaceArgs(namespace), '--duration=4h'])).trim();
  }

  /** Writes a kubeconfig with a ServiceAccount's token: what a pod of that account has. */
  async writeServiceAccountConfig(namespace: string, name: string, kubeconfig: string): Promise<void> {
    const token = await this.token(namespace, name);
    const config = JSON.parse(await this.run(['config', 'view', '--raw', '--flatten', '-o=json'])) as object;
    const own = {
      users: [{ name, user: { token } }],
      // A pod's own namespace is the one it means where it names none.
      contexts: [{ name, context: { cluster: 'test', user: name, namespace } }],
      'current-context': name,
    };
    writeFileSync(kubeconfig, JSON.stringify({ ...config, ...own }), { mode: 0o600 });
  }
}

/** Objects as one that kubectl reads. */
export function kubernetesList(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items };
}

function namespaceArgs(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : [`--namespace=${namespace}`];
}
