import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchCaSecret, elasticsearchUserSecret, elasticsearchUsers } from '../elastic/facts.ts';
import { contentHash } from '../kit/content-hash.ts';
import { deployment } from '../kit/kubernetes/deployment.ts';
import { metadata, selectorLabels } from '../kit/kubernetes/metadata.ts';
import {
  containerResources,
  httpProbe,
  pullSecrets,
  restrictedContainer,
  restrictedPod,
} from '../kit/kubernetes/pod.ts';
import { image } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import { jsonExporterConfig } from './json-exporter.ts';

const userFolder = '/etc/elasticsearch-user';
const caFolder = '/etc/elasticsearch-ca';
const configFolder = '/etc/json-exporter';

/** The JSON exporter, which asks Elasticsearch and Filebeat: Deployment and Service. */
export function jsonExporter(scope: Construct, profile: Profile): void {
  const { namespace, jsonExporter: size } = profile;
  const name = 'json-exporter';
  const meta = metadata(namespace, name, 'monitoring');
  const { monitor } = elasticsearchUsers;
  const config = renderYaml(
    jsonExporterConfig({
      elasticsearch: {
        username: monitor.username,
        passwordFile: `${userFolder}/password`,
        caFile: `${caFolder}/ca.crt`,
      },
    }),
  );
  const folders = { config: configFolder, user: userFolder, ca: caFolder };
  const spec: k8s.PodSpec = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(65534),
    ...pullSecrets(profile),
    containers: [
      {
        name,
        image: image('json-exporter', profile),
        imagePullPolicy: 'IfNotPresent',
        args: [`--config.file=${configFolder}/json-exporter.yml`],
        ports: [{ name: 'http', containerPort: systems['json-exporter'].http }],
        livenessProbe: httpProbe('/metrics'),
        readinessProbe: httpProbe('/metrics'),
        resources: containerResources(size),
        securityContext: restrictedContainer,
        volumeMounts: Object.entries(folders).map(([volume, mountPath]) => ({
          name: volume,
          mountPath,
          readOnly: true,
        })),
      },
    ],
    volumes: [
      { name: 'config', configMap: { name } },
      { name: 'user', secret: { secretName: elasticsearchUserSecret(monitor) } },
      { name: 'ca', secret: { secretName: elasticsearchCaSecret } },
    ],
  };
  new k8s.KubeConfigMap(scope, 'config', { metadata: meta, data: { 'json-exporter.yml': config } });
  deployment(scope, meta, spec, { annotations: { 'tidb-cdc/content': contentHash(config) } });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      selector: selectorLabels(name),
      ports: [{ name: 'http', port: systems['json-exporter'].http, targetPort: k8s.IntOrString.fromString('http') }],
    },
  });
}
