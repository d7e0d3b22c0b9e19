import type versions from '../../../../versions.json';
import type { ExternalSettingName } from '../../external-settings.ts';
import type { ChoiceName, CredentialName, HostPortName, JobName, SystemName, SystemPort } from '../../pipeline.ts';

/** What runs once: a program in `jobs/`, or the check that the generated files can be read. */
export type OneShotName = JobName | 'check-config';
export type ServiceName = SystemName | OneShotName;

/** A value that comes from `.env` instead of being written into the compose file. */
export interface Reference {
  readonly reference: CredentialName | HostPortName | ChoiceName | ExternalSettingName;
}

/** The value of a variable that `.env` or the shell sets. */
export function fromEnvironment(reference: Reference['reference']): Reference {
  return { reference };
}

/** A text, a reference, or several of them joined to one text. */
export type EnvironmentValue = string | Reference | readonly (string | Reference)[];

/** Environment of one of our own programs. A name that is not one of its settings does not compile. */
export type SettingsOf<T extends { readonly shape: object }> = Readonly<
  Partial<Record<Extract<keyof T['shape'], string>, EnvironmentValue>>
>;

/** A file that is generated under `compose/config/` and mounted read-only into the container. */
export interface ConfigFile {
  /** Path under `compose/config/`. */
  readonly name: string;
  readonly content: string;
  /** Absolute path in the container. */
  readonly target: string;
}

/** A file of the host that is mounted read-only into the container; an empty file if its setting is not set. */
export interface HostFile {
  /** The setting in `.env` that holds its absolute path. */
  readonly setting: ExternalSettingName;
  /** Absolute path in the container. */
  readonly target: string;
}

/** How Docker checks that a service works. */
export interface HealthCheck {
  /** A command and its arguments; each must exist in the image. */
  readonly command: readonly string[];
}

/** An image that is built from our own Dockerfile. */
export interface OwnImage {
  /** The target in the Dockerfile. */
  readonly build: 'consumer' | 'jobs' | 'console';
  /** The service that builds the image; this service waits for it. @default the service itself */
  readonly builtBy?: JobName;
}

/** One service of the compose file, before it is rendered; `S` is its name. */
export interface ComposeService<S extends ServiceName = ServiceName> {
  /** Name of an image in versions.json, or an image of our own. */
  readonly image: keyof typeof versions.images | OwnImage;
  /** Replaces the image's entrypoint and command. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, EnvironmentValue>>;
  readonly files?: readonly ConfigFile[];
  readonly hostFiles?: readonly HostFile[];
  /** Absolute path in the container where the generated files of all services are mounted, read-only. */
  readonly configFolder?: string;
  /** Named volumes. They hold all state. */
  readonly volumes?: readonly { readonly volume: string; readonly target: string; readonly readOnly?: true }[];
  /** Ports of the system that are published on the host's 127.0.0.1. */
  readonly publish?: S extends SystemName ? Readonly<Partial<Record<SystemPort<S>, HostPortName>>> : never;
  /** Left out for one-shots only: other services wait for their end. */
  readonly health?: HealthCheck;
  /** Services that must be healthy before it starts. */
  readonly afterHealthy?: readonly SystemName[];
  /** One-shots that must have succeeded before it starts. */
  readonly afterDone?: readonly OneShotName[];
  /** Hard limit, in MiB. */
  readonly memoryMiB: number;
  /** Numeric `user:group`, or 'root' where the image requires it; root then runs without its capabilities. */
  readonly user: `${number}:${number}` | 'root';
  /**
   * Folders for temporary files, in memory; the rest of the image's file system is read-only. Add `:exec` to the path
   * where native libraries are unpacked.
   */
  readonly temporary?: readonly string[];
  /** Why the image's file system must be writable. @default it is read-only */
  readonly writableBecause?: string;
  /** Seconds that a clean stop may take. @default 10 */
  readonly stopSeconds?: number;
  /** Started only with `--profile`. */
  readonly profile?: 'demo';
}

/** A service that runs as long as the system does. */
export type SystemService<S extends SystemName> = ComposeService<S> & { readonly health: HealthCheck };
