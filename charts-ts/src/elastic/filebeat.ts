import { defined } from '@tidb-cdc/runtime/defined';
import { dailyIndex, rejectedIndex } from '../pipeline.ts';

export interface FilebeatOptions {
  /** Glob of the event log's segments. */
  readonly eventLogGlob: string;
  /** URL of Elasticsearch. */
  readonly elasticsearchUrl: string;
  /** Path of the certificate authority of Elasticsearch, where the URL is https. */
  readonly caFile?: string;
  /** Address of Filebeat's own status API. */
  readonly statusHost: string;
  readonly statusPort: number;
  /**
   * Login of Elasticsearch; the password is the name of an environment variable of Filebeat.
   * @default none
   */
  readonly login?: { readonly username: string; readonly passwordVariable: string };
  /** What it may use in all, in MiB. */
  readonly memoryMiB: number;
  /**
   * How long it waits at its end until Elasticsearch has acknowledged what it has read, in seconds.
   * @default it ends at once, and sends that again at its next start
   */
  readonly shutdownSeconds?: number;
}

/** Folders of the image, and the one where its configuration is mounted. */
export const filebeatFolders = {
  home: '/usr/share/filebeat',
  data: '/usr/share/filebeat/data',
  config: '/etc/filebeat-cdc',
} as const;

/** Arguments of every command of the image. */
const filebeatFlags = [
  // The file belongs to whoever checked the repository out, or to the kubelet.
  '--strict.perms=false',
  `-c=${filebeatFolders.config}/filebeat.yml`,
  `--path.home=${filebeatFolders.home}`,
];

/** Starts Filebeat in a container. */
export const filebeatCommand = ['filebeat', '-e', ...filebeatFlags];

/**
 * Environment of a Filebeat that may use so much memory. Go's collector else lets garbage grow to as much as is in use:
 * with rows of 1 MiB past any limit, and the process is killed again at each start.
 */
export function filebeatEnvironment(memoryMiB: number): { readonly GOMEMLIMIT: string } {
  return { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.8)}MiB` };
}

/**
 * filebeat.yml that ships the event log, each line under its `event.id` into the index of its commit day, so that a
 * line sent twice is one document. Plain data; the caller writes it as YAML.
 */
export function filebeatConfig(options: FilebeatOptions): Readonly<Record<string, unknown>> {
  // A line has at most 1 MiB, so these take half of the memory at most. Seen with 256 MiB: 128 events of 0.9 MiB go
  // through, 256 do not; of ordinary rows a queue of 4,096 ships half as many again.
  const queued = 4 * Math.floor(options.memoryMiB / 8);
  const { shutdownSeconds } = options;
  return {
    'filebeat.inputs': [eventLogInput(options.eventLogGlob)],
    ...defined({ 'filebeat.shutdown_timeout': shutdownSeconds === undefined ? undefined : `${shutdownSeconds}s` }),
    // The parser moves the identity out of the document into its `_id`; people look for it in both.
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
      // Of @timestamp, the time of the commit, whenever and however often the line is sent.
      index: dailyIndex,
      bulk_max_size: queued / 4,
      // Filebeat may be newer than Elasticsearch: a release ahead on this machine, or in the middle of an upgrade.
      allow_older_versions: true,
      // What Elasticsearch can never take, as a column named `.a`, would else be dropped with a line in a log.
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
    // Filebeat's memory of what it has read hangs on this id: it never changes.
    id: 'cdc-events',
    paths: [glob],
    // Segments are never renamed and their names never used again, so the path is the exact identity of a file:
    // inode numbers are used again, and a fingerprint ignores a file until it has grown.
    'prospector.scanner.fingerprint.enabled': false,
    'file_identity.path': null,
    clean_removed: false,
    'prospector.scanner.check_interval': '1s',
    // How soon a line is seen after a pause: with the defaults of 2 s up to 10 s the search lags behind by as much.
    'backoff.init': '100ms',
    'backoff.max': '200ms',
    'close.reader.on_eof': false,
    // A file that is removed before it was read to its end is still read to its end.
    'close.on_state_change.removed': false,
    // A column that is NULL is a fact of the row, not an absent field.
    keep_null: true,
    parsers: [
      // The consumer lets every file grow by an empty line now and then: one that was given up here, after five minutes in
      // which Elasticsearch did not answer, is read on then.
      { include_message: { patterns: ['^{'] } },
      { ndjson: { target: '', overwrite_keys: true, add_error_key: true, document_id: 'event.id' } },
    ],
  };
}
