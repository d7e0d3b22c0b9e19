import { clientSecret } from './external.ts';
import type { Profile } from './fields.ts';
import type { ExternalKafka, OwnKafka } from './kafka.ts';
import type { Rule } from './rule.ts';
import { createsChangefeed } from './tidb.ts';

export function kafkaRules(profile: Profile): readonly Rule[] {
  const { kafka } = profile;
  return 'external' in kafka ? externalRules(profile, kafka.external) : ownRules(kafka);
}

function ownRules({ replicas: brokers, controllers, replicationFactor, minInsyncReplicas }: OwnKafka): readonly Rule[] {
  return [
    [
      controllers === undefined ? 'kafka.replicas' : 'kafka.controllers.replicas',
      (controllers?.replicas ?? brokers) % 2 === 0,
      'must be odd, so that the controllers have a majority',
    ],
    ['kafka.replicationFactor', replicationFactor > brokers, `must be at most kafka.replicas (${brokers})`],
    [
      'kafka.minInsyncReplicas',
      minInsyncReplicas > 1 ? minInsyncReplicas >= replicationFactor : minInsyncReplicas > replicationFactor,
      `must be below kafka.replicationFactor (${replicationFactor}), or one broker's restart stops all writes`,
    ],
  ];
}

function externalRules({ tidb, retention, peers, console: page }: Profile, kafka: ExternalKafka): readonly Rule[] {
  const { tls, caSecret, authentication, secret, topic, deadLetterTopic } = kafka;
  const open = authentication === 'none';
  const lacks = (client: 'ticdc' | 'console') => secret !== undefined && clientSecret(secret, client) === undefined;
  const theirs = 'must be left out, since Kafka is external';
  return [
    ['kafka.external.caSecret', caSecret !== undefined && !tls, 'must be left out, since tls is false'],
    ['kafka.external.secret', secret === undefined && !open, 'must name the Secret with username and password'],
    ['kafka.external.secret', secret !== undefined && open, 'must be left out, since authentication is none'],
    [
      'kafka.external.secret.ticdc',
      lacks('ticdc') && createsChangefeed(tidb),
      'must name the Secret with which TiCDC writes',
    ],
    [
      'kafka.external.secret.console',
      lacks('console') && page !== undefined,
      'must name the Secret of the console, since console is set',
    ],
    ['kafka.external.deadLetterTopic', deadLetterTopic === topic, 'must differ from kafka.external.topic'],
    ['retention.messages', retention.messages !== undefined, `${theirs}: its topic has its own`],
    ['peers.kafka', peers.kafka.length > 0, theirs],
  ];
}
