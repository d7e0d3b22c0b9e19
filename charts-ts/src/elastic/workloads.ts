import type { installIndexTemplateSettings } from '@tidb-cdc/jobs/install-index-template';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { job, jobFiles, type Step } from '../kubernetes/job.ts';
import { base64, metadata } from '../kubernetes/metadata.ts';
import type { SettingsOf } from '../kubernetes/pod.ts';
import type { Code } from '../kubernetes/programs.ts';
import type { Profile } from '../profile.ts';
import { renderYaml } from '../yaml.ts';
import { elasticsearchUrl, httpCaSecret, kubernetesRoles, rolesSecret, superuser } from './access.ts';
import { indexTemplate, logIndexTemplate } from './index-template.ts';

const caFolder = '/etc/elasticsearch-ca';

/** What Elasticsearch needs beside its resource: the users' roles, and the index templates of both data streams. */
export function elasticWorkloads(scope: Construct, profile: Profile, code: Code): void {
  const { namespace, elasticsearch } = profile;
  // ECK reads roles from a Secret only; there is none in it.
  new k8s.KubeSecret(scope, 'roles', {
    metadata: metadata(namespace, 'elasticsearch', 'search', rolesSecret),
    data: { 'roles.yml': base64(renderYaml(kubernetesRoles())) },
  });
  const { copies: replicas, retention } = elasticsearch;
  const options = { replicas, retention };
  job(scope, {
    namespace,
    name: 'install-index-templates',
    code,
    files: {
      'events.json': `${JSON.stringify(indexTemplate(options), null, 2)}\n`,
      'logs.json': `${JSON.stringify(logIndexTemplate(options), null, 2)}\n`,
    },
    secretFolders: { [httpCaSecret]: caFolder },
    steps: [step('events'), step('logs')],
  });
}

function step(name: 'events' | 'logs'): Step {
  return {
    program: 'install-index-template',
    name,
    environment: {
      ELASTICSEARCH_URL: elasticsearchUrl,
      ELASTICSEARCH_USERNAME: superuser.username,
      ELASTICSEARCH_PASSWORD: superuser.password,
      ELASTICSEARCH_CA_FILE: `${caFolder}/ca.crt`,
      INDEX_TEMPLATE_FILE: `${jobFiles}/${name}.json`,
    } satisfies SettingsOf<typeof installIndexTemplateSettings>,
  };
}
