import { systems } from '../pipeline.ts';
import { elasticsearchUrls, elasticsearchUsers } from './facts.ts';
import { jsonLinesInput, shipperConfig } from './filebeat.ts';
import { logStream } from './index-template.ts';

/** Where Filebeat finds the certificate authority of Elasticsearch's HTTP. */
export const filebeatCaFolder = '/etc/elasticsearch-ca';

/** Where the kubelet keeps the logs of a node's containers. */
export const podLogsFolder = '/var/log/pods';

/**
 * Only the consumer's container, in `<namespace>_<pod>_<uid>/<container>/<restarts>.log`; with what the kubelet has
 * rotated, `<restarts>.log.<time>`, so that Filebeat finds it after a restart too.
 */
function consumerLogs(namespace: string): string {
  return `${podLogsFolder}/${namespace}_consumer-*/consumer/*.log*`;
}

/**
 * filebeat.yml of a node: the consumer writes events and its own log to standard output, a JSON line each, and
 * `event.dataset` says which data stream a line belongs to.
 */
export function containerLogsConfig(namespace: string, memoryMiB: number): Readonly<Record<string, unknown>> {
  return shipperConfig(
    {
      elasticsearchUrl: elasticsearchUrls.kubernetes,
      statusHost: '0.0.0.0',
      statusPort: systems.filebeat.status,
      login: elasticsearchUsers.shipper,
      memoryMiB,
    },
    {
      input: input(namespace),
      processors: [
        // The consumer's own log has log.level, and log.file says of which pod it is.
        {
          drop_fields: {
            fields: ['agent', 'ecs', 'host', 'input', 'log.offset', 'stream'],
            ignore_missing: true,
          },
        },
        { drop_fields: { when: isEvent, fields: ['log'], ignore_missing: true } },
      ],
      output: {
        'ssl.certificate_authorities': [`${filebeatCaFolder}/ca.crt`],
        indices: [{ index: logStream, when: { not: isEvent } }],
      },
    },
  );
}

/** Filebeat's condition for an event: its `event.dataset`, as the consumer writes it. */
const isEvent = { equals: { 'event.dataset': 'cdc.events' } };

function input(namespace: string): Readonly<Record<string, unknown>> {
  return jsonLinesInput({
    id: 'cdc-consumer-containers',
    glob: consumerLogs(namespace),
    identity: {
      // The kubelet renames a file and makes a new one, which may get the inode of one just removed: only the beginning
      // tells them apart. In its 64 bytes, the fewest that Filebeat takes, stands a time to the nanosecond.
      'file_identity.fingerprint': null,
      'prospector.scanner.fingerprint': { enabled: true, offset: 0, length: 64 },
      // All but the newest rotated file is compressed: it was read long before, or is lost to the search.
      'prospector.scanner.exclude_files': ['\\.gz$', '\\.tmp$'],
    },
    // The runtime splits lines at 16 KiB; this joins them.
    unwrap: [{ container: { stream: 'stdout' } }],
  });
}
