import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { contentHash } from '../../kit/content-hash.ts';
import type { ProgramCode } from '../../kit/kubernetes/code.ts';
import { metadata } from '../../kit/kubernetes/metadata.ts';
import { containerResources, restrictedContainer, smallSize } from '../../kit/kubernetes/pod.ts';
import { image } from '../../kit/versions.ts';
import type { Profile } from '../../profile/fields.ts';
import type { Bundles, ProgramName } from './bundles.ts';
import { joinPartsProgram, splitBundle } from './code-parts.ts';

const components = { consumer: 'consumer', console: 'monitoring', jobs: 'setup' } as const;

const partsFolder = '/code-parts';
const codeFolder = '/code';

/** The code of a program: in the profile's image, or in ConfigMaps that this function creates from the bundle. */
export function programCode(scope: Construct, profile: Profile, name: ProgramName, bundles: Bundles): ProgramCode {
  const { programs, namespace, imagePullSecrets: names } = profile;
  const imagePullSecrets = names.map((secret) => ({ name: secret }));
  if (programs !== 'bundle') {
    const { [name]: programImage } = programs;
    if (programImage === undefined) throw new Error(`'programs.${name}' must name an image`);
    return {
      image: programImage,
      imagePullSecrets,
      // The layout of the Dockerfile.
      command: (entryPoint) => ['node', `/app/${name}/build/${name === 'jobs' ? entryPoint : 'main'}.mjs`],
      initContainers: [],
      volumes: [],
      volumeMounts: [],
    };
  }
  const parts = splitBundle(bundles[name]);
  const hash = contentHash(parts);
  const configMaps = parts.map((data, index) => {
    const part = `${name}-code-${hash}-${index}`;
    const meta = metadata(namespace, name, components[name], part);
    new k8s.KubeConfigMap(scope, `code-${index}`, {
      // This label finds the ConfigMaps of earlier code, which an apply leaves behind.
      metadata: { ...meta, labels: { ...meta.labels, 'tidb-cdc/code': name } },
      immutable: true,
      data: { ...data },
    });
    return part;
  });
  return { ...bundledCode(configMaps, image('node', profile)), imagePullSecrets };
}

function bundledCode(configMaps: readonly string[], node: string): Omit<ProgramCode, 'imagePullSecrets'> {
  const code = { name: 'code', mountPath: codeFolder };
  return {
    image: node,
    command: (entryPoint) => ['node', `${codeFolder}/${entryPoint}.mjs`],
    initContainers: [
      {
        name: 'join-code',
        image: node,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '-e', joinPartsProgram(partsFolder, codeFolder)],
        resources: containerResources(smallSize),
        securityContext: restrictedContainer,
        volumeMounts: [code, { name: 'code-parts', mountPath: partsFolder, readOnly: true }],
      },
    ],
    volumes: [
      { name: 'code', emptyDir: {} },
      { name: 'code-parts', projected: { sources: configMaps.map((name) => ({ configMap: { name } })) } },
    ],
    volumeMounts: [{ ...code, readOnly: true }],
  };
}
