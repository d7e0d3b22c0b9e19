import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigMap, Container, PodSpec, Volume } from './kubernetes-object.ts';

export interface LocalCommandOptions {
  readonly pod: PodSpec;
  readonly container: Container;
  readonly namespace: string;
  readonly podName: string;
  readonly configMaps: readonly ConfigMap[];
  /** Folder for the files that the container would see mounted. */
  readonly folder: string;
}

/** A container's command, for a process on this machine. */
export interface LocalCommand {
  /** Command and arguments of the container, with paths of mounted files replaced by local ones. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Returns a container's command line and environment, and writes its ConfigMaps to files.
 * @throws Error when it needs something that only a pod has
 */
export function localCommand(options: LocalCommandOptions): LocalCommand {
  const { container, namespace, podName } = options;
  const paths = writeMounts(options);
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const text = value ?? fieldValue(name, valueFrom?.fieldRef?.fieldPath, { namespace, podName });
    env[name] = withLocalPaths(text, paths);
  }
  const expand = (text: string): string => text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
  const args = [...(container.command ?? []), ...(container.args ?? [])];
  return { args: args.map((arg) => withLocalPaths(expand(arg), paths)), env };
}

function writeMounts({ pod, container, configMaps, folder }: LocalCommandOptions): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const dir = join(folder, name);
    mkdirSync(dir, { recursive: true });
    for (const source of configMapNames(pod.volumes?.find((volume) => volume.name === name))) {
      const configMap = configMaps.find(({ metadata }) => metadata.name === source);
      if (configMap === undefined) throw new Error(`${container.name} mounts ConfigMap ${source}: there is none`);
      for (const [key, text] of Object.entries(configMap.data ?? {})) writeFileSync(join(dir, key), text);
    }
    paths.set(mountPath, subPath === undefined ? dir : join(dir, subPath));
  }
  return paths;
}

function configMapNames(volume: Volume | undefined): readonly string[] {
  const sources = [volume?.configMap, ...(volume?.projected?.sources.map(({ configMap }) => configMap) ?? [])];
  return sources.flatMap((source) => (source === undefined ? [] : [source.name]));
}

/** Replaces mount paths by local ones, wherever a text mentions a mount or a path below it. */
function withLocalPaths(text: string, paths: ReadonlyMap<string, string>): string {
  if (paths.size === 0) return text;
  const mounts = [...paths.keys()].map((mount) => mount.replace(/[^\w/-]/g, '\\$&'));
  const mentioned = new RegExp(`(?<![\\w./-])(?:${mounts.join('|')})(?![\\w.-])`, 'g');
  return text.replace(mentioned, (mount) => paths.get(mount) ?? mount);
}

function fieldValue(
  variable: string,
  fieldPath: string | undefined,
  { namespace, podName }: { readonly namespace: string; readonly podName: string },
): string {
  if (fieldPath === 'metadata.namespace') return namespace;
  if (fieldPath === 'metadata.name') return podName;
  if (fieldPath === 'status.podIP') return '127.0.0.1';
  throw new Error(`${variable} takes its value from ${fieldPath ?? 'elsewhere'}: only its pod has that`);
}
