import type versions from '../../../../versions.json';
import type { ExternalSettingName } from '../../external-settings.ts';
import type { ChoiceName, CredentialName, HostPortName, JobName, SystemName, SystemPort } from '../../pipeline.ts';

/** What runs once: a program of `jobs/`, or the check that the generated files can be read. */
export type OneShotName = JobName | 'check-config';
export type ServiceName = SystemName | OneShotName;

/** A value from `.env` in the place of one that is written down. */
export interface Reference {
  readonly reference: CredentialName | HostPortName | ChoiceName | ExternalSettingName;
}

/** The value of a variable that `.env` or the shell sets. */
export function fromEnvironment(reference: Reference['reference']): Reference {
  return { reference };
}

/** A text, a reference, or several of them as one text. */
export type EnvironmentValue = string | Reference | readonly (string | Reference)[];

/** Environment of one of our own programs: a name that is not one of its settings does not compile. */
export type SettingsOf<T extends { readonly shape: object }> = Readonly<
  Partial<Record<Extract<keyof T['shape'], string>, EnvironmentValue>>
>;

/** A file that is generated under `compose/config/` and mounted, read-only, into the container. */
export interface ConfigFile {
  /** Path under `compose/config/`. */
  readonly name: string;
  readonly content: string;
  /** Absolute path in the container. */
  readonly target: string;
}

/** A file of the machine itself that is mounted, read-only, into the container; an empty one where no one is named. */
export interface HostFile {
  /** The setting of `.env` that holds its absolute path. */
  readonly setting: ExternalSettingName;
  /** Absolute path in the container. */
  readonly target: string;
}

/** How Docker asks whether a service does its work. */
export interface HealthCheck {
  /** A command and its arguments; each must exist in the image. */
  readonly command: readonly string[];
}

/** An image that is built from our own Dockerfile. */
export interface OwnImage {
  /** The target in the Dockerfile. */
  readonly build: 'consumer' | 'jobs' | 'console';
  /** The service that builds the image, which this one has to wait for. @default the service itself */
  readonly builtBy?: JobName;
}

/** One service of the compose file, before it is rendered; `S` is its name. */
export interface ComposeService<S extends ServiceName = ServiceName> {
  /** Name of an image in versions.json, or an image of our own. */
  readonly image: keyof typeof versions.images | OwnImage;
  /** Takes the place of the image's entrypoint and command. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, EnvironmentValue>>;
  readonly files?: readonly ConfigFile[];
  readonly hostFiles?: readonly HostFile[];
  /** Absolute path in the container of the folder with the generated files of all services, read-only. */
  readonly configFolder?: string;
  /** Named volumes: all state there is. */
  readonly volumes?: readonly { readonly volume: string; readonly target: string; readonly readOnly?: true }[];
  /** Ports of the system that the machine's own 127.0.0.1 has too. */
  readonly publish?: S extends SystemName ? Readonly<Partial<Record<SystemPort<S>, HostPortName>>> : never;
  /** Left out for a one-shot only: whoever waits for it waits for its end. */
  readonly health?: HealthCheck;
  /** Services that have to be healthy before it starts. */
  readonly afterHealthy?: readonly SystemName[];
  /** One-shots that have to have succeeded before it starts. */
  readonly afterDone?: readonly OneShotName[];
  /** Hard limit, in MiB. */
  readonly memoryMiB: number;
  /** `user:group` by number. 'root' where the image is made for it, then without any of root's capabilities. */
  readonly user: `${number}:${number}` | 'root';
  /**
   * Folders for temporary files, in memory; nothing else of the image's file system can be written. `:exec` after the
   * path where native libraries are unpacked.
   */
  readonly temporary?: readonly string[];
  /** Why the image's file system has to be writable. @default it is not */
  readonly writableBecause?: string;
  /** Seconds that it may take to stop in order. @default 10 */
  readonly stopSeconds?: number;
  /** Started only with `--profile`. */
  readonly profile?: 'demo';
}

/** A service that runs for as long as the system does. */
export type SystemService<S extends SystemName> = ComposeService<S> & { readonly health: HealthCheck };
