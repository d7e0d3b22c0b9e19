import type { consoleSettings } from '@tidb-cdc/console/settings';
import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchAccess, elasticsearchLogin } from '../elastic/access.ts';
import { credentialAnnotations, kafkaAccess, kafkaCa, kafkaLogin } from '../kafka/facts.ts';
import { nodeUser, type ProgramCode } from '../kit/kubernetes/code.ts';
import { deployment } from '../kit/kubernetes/deployment.ts';
import { ingress } from '../kit/kubernetes/ingress.ts';
import { metadata, selectorLabels } from '../kit/kubernetes/metadata.ts';
import {
  containerResources,
  type Environment,
  environmentVariables,
  httpProbe,
  restrictedContainer,
  restrictedPod,
  type SettingsOf,
  unlessEmpty,
} from '../kit/kubernetes/pod.ts';
import { secretFolders, secretLogin } from '../kit/kubernetes/secret.ts';
import { prometheusAccess } from '../monitoring/facts.ts';
import { address, systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import { consoleLoginSecret } from './facts.ts';

const name = 'console';

type Options = NonNullable<Profile['console']>;

/** The console page: Deployment, Service, and Ingress if configured. It has no state and no access to the database. */
export function console(scope: Construct, profile: Profile, options: Options, code: ProgramCode): void {
  const meta = metadata(profile.namespace, name, 'monitoring');
  const kafka = kafkaAccess(profile);
  deployment(scope, meta, pod(profile, options, code), { annotations: credentialAnnotations(kafka) });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      selector: selectorLabels(name),
      ports: [{ name: 'http', port: systems.console.http, targetPort: k8s.IntOrString.fromString('http') }],
    },
  });
  if (options.ingress !== undefined) ingress(scope, meta, options.ingress);
}

function pod(profile: Profile, options: Options, code: ProgramCode): k8s.PodSpec {
  const certificates = secretFolders({
    'elasticsearch-ca': elasticsearchAccess(profile).ca,
    'kafka-ca': kafkaCa(profile),
  });
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(nodeUser),
    ...unlessEmpty('imagePullSecrets', code.imagePullSecrets),
    ...unlessEmpty('initContainers', code.initContainers),
    containers: [
      {
        name,
        image: code.image,
        imagePullPolicy: 'IfNotPresent',
        command: code.command(name),
        env: environmentVariables(settings(profile, options)),
        ports: [{ name: 'http', containerPort: systems.console.http }],
        livenessProbe: httpProbe('/healthz'),
        readinessProbe: httpProbe('/healthz', { periodSeconds: 5 }),
        resources: containerResources(options),
        securityContext: restrictedContainer,
        volumeMounts: [...code.volumeMounts, ...certificates.volumeMounts],
      },
    ],
    volumes: [...code.volumes, ...certificates.volumes],
  };
}

function settings(profile: Profile, { write, ingress: entry }: Options): Environment {
  const kafka = kafkaAccess(profile);
  const { url, ca } = elasticsearchAccess(profile);
  const { username, password } = elasticsearchLogin(profile, 'console');
  const login = secretLogin(consoleLoginSecret);
  return {
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: String(systems.console.http),
    ...(entry === undefined ? {} : { HTTP_NAMES: entry.host }),
    CONSOLE_USERNAME: login.username,
    CONSOLE_PASSWORD: login.password,
    CONSOLE_WRITE: String(write),
    KAFKA_BROKERS: kafka.brokers,
    KAFKA_TOPICS: kafka.topic,
    KAFKA_DEAD_LETTER_TOPIC: kafka.deadLetterTopic,
    ...kafkaLogin(kafka, 'console'),
    // The Service is headless: one address per consumer.
    CONSUMER_URL: `http://${address('consumer', 'http')}`,
    PROMETHEUS_URL: prometheusAccess(profile).url,
    ELASTICSEARCH_URL: url,
    ELASTICSEARCH_USERNAME: username,
    ELASTICSEARCH_PASSWORD: password,
    ...defined({ ELASTICSEARCH_CA_FILE: ca?.file }),
  } satisfies SettingsOf<typeof consoleSettings>;
}
