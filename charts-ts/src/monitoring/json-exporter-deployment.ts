import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchAccess, elasticsearchLogin } from '../elastic/access.ts';
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
import { secretFolders } from '../kit/kubernetes/secret.ts';
import { image } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import { asksElasticsearch } from './facts.ts';
import { type JsonExporterOptions, jsonExporterConfig } from './json-exporter.ts';

const userFolder = '/etc/elasticsearch-user';
const configFolder = '/etc/json-exporter';

/** The exporter's access to Elasticsearch, and the Secrets for it: volume name → Secret and mount folder. */
function access(profile: Profile) {
  if (!asksElasticsearch(profile)) return { options: {}, secrets: {} };
  const { ca } = elasticsearchAccess(profile);
  const { username, password } = elasticsearchLogin(profile, 'monitor');
  const options: JsonExporterOptions = {
    elasticsearch: {
      username: typeof username === 'string' ? username : { file: `${userFolder}/${username.key}` },
      passwordFile: `${userFolder}/${password.key}`,
      ...defined({ caFile: ca?.file }),
    },
  };
  const user = { secret: password.secret, folder: userFolder };
  return { options, secrets: { user, ca } };
}

/** The JSON exporter, which queries Elasticsearch and Filebeat: Deployment and Service. */
export function jsonExporter(scope: Construct, profile: Profile): void {
  const { namespace, jsonExporter: size } = profile;
  const name = 'json-exporter';
  const meta = metadata(namespace, name, 'monitoring');
  const { options, secrets } = access(profile);
  const config = renderYaml(jsonExporterConfig(options));
  const mounted = secretFolders(secrets);
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
        volumeMounts: [{ name: 'config', mountPath: configFolder, readOnly: true }, ...mounted.volumeMounts],
      },
    ],
    volumes: [{ name: 'config', configMap: { name } }, ...mounted.volumes],
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
