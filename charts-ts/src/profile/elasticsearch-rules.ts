import { clientSecret } from './external.ts';
import type { Profile } from './fields.ts';
import type { Rule } from './rule.ts';

export function elasticsearchRules({ elasticsearch, grafana, console: page }: Profile): readonly Rule[] {
  if (!('external' in elasticsearch)) {
    const { indexReplicas, replicas } = elasticsearch;
    return [
      [
        'elasticsearch.indexReplicas',
        indexReplicas >= replicas,
        `must be below elasticsearch.replicas (${replicas}): a node holds one copy of a shard`,
      ],
    ];
  }
  const { external } = elasticsearch;
  const { url, caSecret } = external;
  return [
    [
      'elasticsearch.external.caSecret',
      caSecret !== undefined && url.startsWith('http:'),
      'must be left out, since elasticsearch.external.url is without TLS',
    ],
    [
      'elasticsearch.external.secret.grafana',
      !('external' in grafana) && clientSecret(external.secret, 'grafana') === undefined,
      'must name the Secret of Grafana, since that is ours',
    ],
    [
      'elasticsearch.external.secret.console',
      page !== undefined && clientSecret(external.secret, 'console') === undefined,
      'must name the Secret of the console, since console is set',
    ],
  ];
}
