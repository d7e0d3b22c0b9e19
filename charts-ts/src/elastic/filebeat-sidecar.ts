import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { eventLogFolder, eventLogGlob, eventLogVolume } from '../consumer/facts.ts';
import { contentHash } from '../kit/content-hash.ts';
import { metadata } from '../kit/kubernetes/metadata.ts';
import {
  containerResources,
  environmentVariables,
  httpProbe,
  mebibytes,
  restrictedContainer,
} from '../kit/kubernetes/pod.ts';
import { secretFolders } from '../kit/kubernetes/secret.ts';
import type { Sidecar } from '../kit/kubernetes/stateful-set.ts';
import { image } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import { elasticsearchAccess, loginByEnvironment } from './access.ts';
import { filebeatCommand, filebeatConfig, filebeatEnvironment, filebeatFolders } from './filebeat.ts';

const name = 'filebeat';

/** How long Filebeat waits on shutdown until Elasticsearch has what was read, in seconds. */
const shutdownSeconds = 10;

/** How long a deleted pod may take until Elasticsearch has all of its lines, in seconds. */
const drainSeconds = 60;

/**
 * Runs when the pod is deleted, while the consumer stops: waits until the consumer has stopped and Elasticsearch has
 * its last line. Once Filebeat is told to stop, it reads nothing more, and a pod that is scaled away may never come
 * back.
 */
function drain(): string[] {
  const consumer = `http://127.0.0.1:${systems.consumer.http}/livez`;
  const status = `http://127.0.0.1:${systems.filebeat.status}/stats`;
  const script = [
    `late() { ((SECONDS >= ${drainSeconds})); }`,
    `until late || ! curl --silent --max-time 5 --output /dev/null ${consumer}; do sleep 0.2; done`,
    // Filebeat finds a new file within a second.
    'sleep 2',
    `until late || curl --silent --max-time 5 ${status} | grep -q '"events":{"active":0,"added"'; do sleep 0.2; done`,
  ];
  return ['bash', '-c', script.join('\n')];
}

/** Filebeat for a pod of the consumer, and the ConfigMap with its configuration. */
export function filebeatSidecar(scope: Construct, profile: Profile): Sidecar {
  const { namespace, filebeat: size } = profile;
  const { url, ca } = elasticsearchAccess(profile);
  const certificates = secretFolders({ 'elasticsearch-ca': ca });
  const login = loginByEnvironment(profile, 'filebeat', (variable) => `\${${variable}}`);
  const memoryMiB = mebibytes(size.memoryLimit);
  const config = renderYaml(
    filebeatConfig({
      eventLogGlob,
      elasticsearchUrl: url,
      ...defined({ caFile: ca?.file }),
      statusHost: '0.0.0.0',
      statusPort: systems.filebeat.status,
      login,
      memoryMiB,
      shutdownSeconds,
    }),
  );
  new k8s.KubeConfigMap(scope, 'config', {
    metadata: metadata(namespace, name, 'search'),
    data: { 'filebeat.yml': config },
  });
  return {
    container: {
      name,
      image: image('filebeat', profile),
      imagePullPolicy: 'IfNotPresent',
      command: filebeatCommand,
      env: environmentVariables({
        ...filebeatEnvironment(memoryMiB),
        ...login.environment,
      }),
      ports: [{ name: 'status', containerPort: systems.filebeat.status }],
      lifecycle: { preStop: { exec: { command: drain() } } },
      // Liveness does not depend on Elasticsearch: the consumer starts and writes without it.
      livenessProbe: httpProbe('/', {
        port: 'status',
        periodSeconds: 10,
        failureThreshold: 6,
        // Kubernetes also runs the hook on a restart, while the consumer keeps running.
        terminationGracePeriodSeconds: 10,
      }),
      resources: containerResources(size),
      // Besides root itself, only the group root can read the image's files.
      securityContext: { ...restrictedContainer, runAsGroup: 0 },
      volumeMounts: [
        { name: eventLogVolume, mountPath: eventLogFolder, subPath: 'event-log', readOnly: true },
        { name: eventLogVolume, mountPath: filebeatFolders.data, subPath: 'filebeat' },
        { name: 'filebeat-config', mountPath: filebeatFolders.config, readOnly: true },
        ...certificates.volumeMounts,
      ],
    },
    volumes: [{ name: 'filebeat-config', configMap: { name } }, ...certificates.volumes],
    hash: contentHash(config),
    shutdownSeconds: drainSeconds + shutdownSeconds,
  };
}
