import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { contentHash } from '../../kit/content-hash.ts';
import {
  type CustomKind,
  type CustomResource,
  fileName,
  renderCustomResource,
} from '../../kit/kubernetes/custom-resource.ts';
import { metadata } from '../../kit/kubernetes/metadata.ts';
import {
  containerResources,
  pullSecrets,
  restrictedContainer,
  restrictedPod,
  smallSize,
} from '../../kit/kubernetes/pod.ts';
import { image } from '../../kit/versions.ts';
import type { Profile } from '../../profile/fields.ts';

const name = 'bootstrap';
const folder = '/custom-resources';

/** The user `nonroot` of images without a shell. */
const nobody = 65532;

/**
 * The custom resources, and the Job that applies them. `kubectl apply -f dist/` itself cannot: it looks up every kind
 * before it sends the first object, and the CRDs are among the objects. The kubectl image has no shell, so each command
 * is a container.
 */
export class BootstrapChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    profile: Profile,
    kinds: readonly CustomKind[],
    customResources: readonly CustomResource[],
  ) {
    super(scope, id);
    const { namespace } = profile;
    const meta = metadata(namespace, name, 'setup');
    const used = kinds.filter(({ kind }) => customResources.some((resource) => resource.kind === kind));
    const files = Object.fromEntries(
      customResources.map((resource) => [fileName(resource), renderCustomResource(resource)]),
    );
    new k8s.KubeServiceAccount(this, 'account', { metadata: meta, automountServiceAccountToken: false });
    this.allowWaiting(namespace, used);
    this.allowApplying(namespace, used, customResources);
    new k8s.KubeConfigMap(this, 'custom-resources', {
      metadata: metadata(namespace, name, 'setup', 'custom-resources'),
      data: files,
    });
    const spec = pod(used, profile);
    new k8s.KubeJob(this, 'job', {
      metadata: { ...meta, name: `${name}-${contentHash([spec, files])}` },
      spec: { backoffLimit: 20, template: { metadata: { labels: meta.labels }, spec } },
    });
  }

  /** The right to read our CRDs and no others. */
  private allowWaiting(namespace: string, kinds: readonly CustomKind[]): void {
    const { labels } = metadata(namespace, name, 'setup');
    const global = `${namespace}-${name}`;
    new k8s.KubeClusterRole(this, 'cluster-role', {
      metadata: { name: global, labels },
      rules: [
        {
          apiGroups: ['apiextensions.k8s.io'],
          resources: ['customresourcedefinitions'],
          resourceNames: kinds.map(crd),
          verbs: ['get', 'list', 'watch'],
        },
      ],
    });
    new k8s.KubeClusterRoleBinding(this, 'cluster-role-binding', {
      metadata: { name: global, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: global },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }

  /** A server-side apply needs `patch`, and `create` for a new resource. `create` cannot be limited to names. */
  private allowApplying(
    namespace: string,
    kinds: readonly CustomKind[],
    customResources: readonly CustomResource[],
  ): void {
    const meta = metadata(namespace, name, 'setup');
    new k8s.KubeRole(this, 'role', {
      metadata: meta,
      rules: kinds.flatMap(({ group, plural, kind }) => {
        const names = customResources
          .filter((resource) => resource.kind === kind)
          .map((resource) => resource.metadata.name);
        return [
          { apiGroups: [group], resources: [plural], verbs: ['create'] },
          { apiGroups: [group], resources: [plural], resourceNames: names, verbs: ['patch'] },
        ];
      }),
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: meta,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
}

function crd({ plural, group }: CustomKind): string {
  return `${plural}.${group}`;
}

function pod(kinds: readonly CustomKind[], profile: Profile): k8s.PodSpec {
  const kubectl = kubectlOf(image('kubectl', profile));
  return {
    restartPolicy: 'OnFailure',
    serviceAccountName: name,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: restrictedPod(nobody),
    ...pullSecrets(profile),
    initContainers: kinds.map((kind) =>
      kubectl(`wait-for-${kind.plural}`, [
        'wait',
        '--for=condition=Established',
        '--timeout=300s',
        `customresourcedefinition/${crd(kind)}`,
      ]),
    ),
    containers: [
      kubectl('apply', [
        'apply',
        '--server-side',
        // Operators write defaults into their resources; our fields stay ours.
        '--force-conflicts',
        '--field-manager=tidb-cdc',
        `--filename=${folder}`,
      ]),
    ],
    volumes: [
      { name: 'custom-resources', configMap: { name: 'custom-resources' } },
      { name: 'cache', emptyDir: {} },
    ],
  };
}

function kubectlOf(kubectlImage: string) {
  return (container: string, args: readonly string[]): k8s.Container => ({
    name: container,
    image: kubectlImage,
    imagePullPolicy: 'IfNotPresent',
    args: [...args, '--cache-dir=/cache'],
    resources: containerResources(smallSize),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: 'custom-resources', mountPath: folder, readOnly: true },
      { name: 'cache', mountPath: '/cache' },
    ],
  });
}
