import { defined } from '@tidb-cdc/runtime/defined';
import { dailyIndex, rejectedIndex } from '../pipeline.ts';

export interface FilebeatOptions {
  /** Glob of the event log's segments. */
  readonly eventLogGlob: string;
  /** URL of Elasticsearch. */
  readonly elasticsearchUrl: string;
  /** Path of Elasticsearch's certificate authority, if the URL is https. */
  readonly caFile?: string;
  /** Host and port of Filebeat's status API. */
  readonly statusHost: string;
  readonly statusPort: number;
  /**
   * Login to Elasticsearch; an environment variable of Filebeat holds the password.
   * @default none
   */
  readonly login?: { readonly username: string; readonly passwordVariable: string };
  /** Memory that Filebeat may use in all, in MiB. */
  readonly memoryMiB: number;
  /**
   * How long Filebeat waits on shutdown until Elasticsearch has acknowledged what it has read, in seconds.
   * @default it stops at once, and sends that again after its next start
   */
  readonly shutdownSeconds?: number;
}

/** Folders of the image, and the folder where the configuration is mounted. */
export const filebeatFolders = {
  home: '/usr/share/filebeat',
  data: '/usr/share/filebeat/data',
  config: '/etc/filebeat-cdc',
} as const;

/** Flags of every Filebeat command. */
const filebeatFlags = [
  // The configuration file belongs to the user who cloned the repository, or to the kubelet.
  '--strict.perms=false',
  `-c=${filebeatFolders.config}/filebeat.yml`,
  `--path.home=${filebeatFolders.home}`,
];

/** Starts Filebeat in a container. */
export const filebeatCommand = ['filebeat', '-e', ...filebeatFlags];

/**
 * Environment of Filebeat for a memory limit. By default, Go lets garbage grow to the size of the live memory: with
 * rows of 1 MiB that exceeds any limit, and the process would be killed again after each start.
 */
export function filebeatEnvironment(memoryMiB: number): { readonly GOMEMLIMIT: string } {
  return { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.8)}MiB` };
}

/**
 * filebeat.yml that ships the event log. Each line goes to the index of its commit day with its `event.id` as the
 * document's ID, so a line sent twice is one document. Plain data; the caller writes it as YAML.
 */
export function filebeatConfig(options: FilebeatOptions): Readonly<Record<string, unknown>> {
  // A line has at most 1 MiB, so the queue takes at most half of the memory. Measured with 256 MiB: 128 events of
  // 0.9 MiB fit, 256 do not. With ordinary rows, a queue of 4,096 would ship 50 % more.
  const queued = 4 * Math.floor(options.memoryMiB / 8);
  const { shutdownSeconds } = options;
  return {
    'filebeat.inputs': [eventLogInput(options.eventLogGlob)],
    ...defined({ 'filebeat.shutdown_timeout': shutdownSeconds === undefined ? undefined : `${shutdownSeconds}s` }),
    // The parser moves the identity from the document to its `_id`; people look for it in both places.
    processors: [
      {
        copy_fields: {
          fields: [{ from: '@metadata._id', to: 'event.id' }],
          fail_on_error: false,
          ignore_missing: true,
        },
      },
      { drop_fields: { fields: ['agent', 'ecs', 'host', 'input', 'log'], ignore_missing: true } },
    ],
    'queue.mem': { events: queued, flush: { min_events: queued / 4, timeout: '100ms' } },
    'output.elasticsearch': {
      hosts: [options.elasticsearchUrl],
      ...connection(options),
      // By @timestamp, which is the commit time, whenever and however often the line is sent.
      index: dailyIndex,
      bulk_max_size: queued / 4,
      // Filebeat may be newer than Elasticsearch: on this machine by a release, or during an upgrade.
      allow_older_versions: true,
      // Keeps documents that Elasticsearch can never index, for example because of a column named `.a`. By default,
      // Filebeat drops them with a log line.
      'non_indexable_policy.dead_letter_index.index': rejectedIndex,
    },
    'setup.template.enabled': false,
    'setup.ilm.enabled': false,
    'http.enabled': true,
    'http.host': options.statusHost,
    'http.port': options.statusPort,
    'logging.to_stderr': true,
    'logging.metrics.enabled': false,
  };
}

function connection({ login, caFile }: FilebeatOptions) {
  return {
    ...(login === undefined ? {} : { username: login.username, password: `\${${login.passwordVariable}}` }),
    ...(caFile === undefined ? {} : { 'ssl.certificate_authorities': [caFile] }),
  };
}

function eventLogInput(glob: string): Readonly<Record<string, unknown>> {
  return {
    type: 'filestream',
    // Filebeat stores its read positions under this ID, so it must never change.
    id: 'cdc-events',
    paths: [glob],
    // Segments are never renamed and their names never reused, so the path identifies a file exactly. Inode numbers are
    // reused, and a fingerprint ignores a file until it has grown.
    'prospector.scanner.fingerprint.enabled': false,
    'file_identity.path': null,
    clean_removed: false,
    'prospector.scanner.check_interval': '1s',
    // How soon a line is read after a pause. With the defaults (2 s, up to 10 s), the search would lag by as much.
    'backoff.init': '100ms',
    'backoff.max': '200ms',
    'close.reader.on_eof': false,
    // Reads a file to its end even if it is removed before.
    'close.on_state_change.removed': false,
    // A NULL column is part of the row, not an absent field.
    keep_null: true,
    parsers: [
      // The consumer appends an empty line to every file now and then. Filebeat gives a file up if Elasticsearch does
      // not answer for five minutes, and resumes reading when it grows.
      { include_message: { patterns: ['^{'] } },
      { ndjson: { target: '', overwrite_keys: true, add_error_key: true, document_id: 'event.id' } },
    ],
  };
}
