import type { z } from 'zod';
import type { Profile } from './fields.ts';

/** Reports each rule across fields that a profile breaks, at the field that is wrong. */
export function checkRules(profile: Profile, context: z.RefinementCtx): void {
  for (const [path, broken, message] of rules(profile)) {
    if (broken) context.addIssue({ code: 'custom', path: path.split('.'), message, input: valueAt(profile, path) });
  }
}

/** Rules across fields: which field is wrong, whether it is, and why. */
function rules({
  operators,
  spread,
  zoneKey,
  backup,
  tidb,
  kafka,
  elasticsearch,
  consumer,
  console: page,
  programs,
}: Profile): readonly (readonly [string, boolean, string])[] {
  const { partitions, replicas: brokers, replicationFactor, minInsyncReplicas } = kafka;
  const most = consumer.autoscaling?.maxReplicas ?? consumer.replicas;
  const mostPath = consumer.autoscaling === undefined ? 'consumer.replicas' : 'consumer.autoscaling.maxReplicas';
  return [
    ['backup', backup !== undefined && operators === 'install', 'needs operators: present, which watch its namespace'],
    [
      'programs.console',
      page !== undefined && programs !== 'bundle' && programs.console === undefined,
      'must name the image of the console, since console is set',
    ],
    ['tidb.pd.replicas', tidb.pd.replicas % 2 === 0, 'must be odd, so that a majority exists'],
    [
      kafka.controllers === undefined ? 'kafka.replicas' : 'kafka.controllers.replicas',
      (kafka.controllers?.replicas ?? brokers) % 2 === 0,
      'must be odd, so that the controllers have a majority',
    ],
    ['zoneKey', zoneKey !== undefined && !spread, 'needs spread: true'],
    ['zoneKey', zoneKey !== undefined && operators === 'install', 'needs operators: present, which may read nodes'],
    ['kafka.replicationFactor', replicationFactor > brokers, `must be at most kafka.replicas (${brokers})`],
    [
      'kafka.minInsyncReplicas',
      minInsyncReplicas > 1 ? minInsyncReplicas >= replicationFactor : minInsyncReplicas > replicationFactor,
      `must be below kafka.replicationFactor (${replicationFactor}), or one broker's restart stops all writes`,
    ],
    [mostPath, most > partitions, `must be at most kafka.partitions (${partitions}): further consumers would idle`],
    [
      'consumer.autoscaling.maxReplicas',
      consumer.autoscaling !== undefined && most < consumer.replicas,
      `must be at least consumer.replicas (${consumer.replicas})`,
    ],
    [
      'elasticsearch.indexReplicas',
      elasticsearch.indexReplicas >= elasticsearch.replicas,
      `must be below elasticsearch.replicas (${elasticsearch.replicas}): a node holds one copy of a shard`,
    ],
  ];
}

function valueAt(profile: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], profile);
}
