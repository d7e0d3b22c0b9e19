import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { httpCaSecret, userSecret } from '../elastic/access.ts';
import { elasticsearchUsers } from '../elastic/users.ts';
import { contentHash } from '../kubernetes/content-hash.ts';
import { image } from '../kubernetes/images.ts';
import { base64, metadata, selectorLabels } from '../kubernetes/metadata.ts';
import { nodePorts } from '../kubernetes/node-ports.ts';
import { httpProbe, resources, restrictedContainer, restrictedPod } from '../kubernetes/pod.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile.ts';
import { renderYaml } from '../yaml.ts';
import { alertmanagerConfig } from './alertmanager.ts';
import { grafana } from './grafana-deployment.ts';
import { jsonExporterConfig } from './json-exporter.ts';
import { alertmanagerSecret, prometheusAccount } from './resources.ts';

/** What monitoring needs beside the custom resources: Grafana, the JSON exporter, rights, configuration, ports. */
export function monitoringWorkloads(scope: Construct, profile: Profile): void {
  prometheusRights(new Construct(scope, 'prometheus'), profile);
  alertmanagerConfiguration(new Construct(scope, 'alertmanager'), profile);
  jsonExporter(new Construct(scope, 'json-exporter'), profile);
  grafana(new Construct(scope, 'grafana'), profile);
}

/** Prometheus finds pods in its own namespace, and reads nothing else. */
function prometheusRights(scope: Construct, { namespace, nodePorts: exposed }: Profile): void {
  const meta = metadata(namespace, prometheusAccount, 'monitoring');
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta, automountServiceAccountToken: false });
  const verbs = ['get', 'list', 'watch'];
  new k8s.KubeRole(scope, 'role', {
    metadata: meta,
    rules: [
      { apiGroups: [''], resources: ['services', 'pods'], verbs },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
    ],
  });
  new k8s.KubeRoleBinding(scope, 'role-binding', {
    metadata: meta,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: prometheusAccount },
    subjects: [{ kind: 'ServiceAccount', name: prometheusAccount, namespace }],
  });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      type: exposed ? 'NodePort' : 'ClusterIP',
      selector: selectorLabels('prometheus'),
      // Grafana's panels of one refresh agree: two Prometheus have scraped at different moments.
      sessionAffinity: 'ClientIP',
      ports: [
        {
          name: 'web',
          port: systems.prometheus.http,
          targetPort: k8s.IntOrString.fromString('web'),
          ...(exposed ? { nodePort: nodePorts.prometheus } : {}),
        },
      ],
    },
  });
}

/** Alertmanager reads its configuration from a Secret only; there is none in it. */
function alertmanagerConfiguration(scope: Construct, { namespace }: Profile): void {
  new k8s.KubeSecret(scope, 'configuration', {
    metadata: metadata(namespace, 'alertmanager', 'monitoring', alertmanagerSecret),
    data: { 'alertmanager.yaml': base64(renderYaml(alertmanagerConfig())) },
  });
}

const userFolder = '/etc/elasticsearch-user';
const caFolder = '/etc/elasticsearch-ca';
const configFolder = '/etc/json-exporter';

function jsonExporter(scope: Construct, { namespace, jsonExporter: size }: Profile): void {
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
    containers: [
      {
        name,
        image: image('json-exporter'),
        imagePullPolicy: 'IfNotPresent',
        args: [`--config.file=${configFolder}/json-exporter.yml`],
        ports: [{ name: 'http', containerPort: systems['json-exporter'].http }],
        livenessProbe: httpProbe('/metrics'),
        readinessProbe: httpProbe('/metrics'),
        resources: resources(size),
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
      { name: 'user', secret: { secretName: userSecret(monitor) } },
      { name: 'ca', secret: { secretName: httpCaSecret } },
    ],
  };
  new k8s.KubeConfigMap(scope, 'config', { metadata: meta, data: { 'json-exporter.yml': config } });
  new k8s.KubeDeployment(scope, 'deployment', {
    metadata: meta,
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(name) },
      template: { metadata: { labels: meta.labels, annotations: { 'tidb-cdc/content': contentHash(config) } }, spec },
    },
  });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      selector: selectorLabels(name),
      ports: [{ name: 'http', port: systems['json-exporter'].http, targetPort: k8s.IntOrString.fromString('http') }],
    },
  });
}
