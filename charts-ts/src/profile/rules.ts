import type { z } from 'zod';
import { elasticsearchRules } from './elasticsearch-rules.ts';
import type { Profile } from './fields.ts';
import { kafkaRules } from './kafka-rules.ts';
import { monitoringRules } from './monitoring-rules.ts';
import type { Rule } from './rule.ts';
import { tidbRules } from './tidb-rules.ts';

/** Reports each rule across fields that a profile breaks, at the wrong field. */
export function checkRules(profile: Profile, context: z.RefinementCtx): void {
  for (const [path, broken, message] of rules(profile)) {
    if (broken) context.addIssue({ code: 'custom', path: path.split('.'), message, input: valueAt(profile, path) });
  }
}

function rules(profile: Profile): readonly Rule[] {
  return [placeRules, tidbRules, kafkaRules, elasticsearchRules, monitoringRules, consumerRules].flatMap((of) =>
    of(profile),
  );
}

/** What the profile's choices require. */
function placeRules({ operators, spread, zoneKey, backup, console: page, programs }: Profile): readonly Rule[] {
  return [
    ['backup', backup !== undefined && operators === 'install', 'needs operators: present, which watch its namespace'],
    [
      'backup.s3',
      backup !== undefined && (backup.s3.secret === undefined) === (backup.s3.role === undefined),
      'must name a Secret with keys (secret) or a role of AWS (role), one of them',
    ],
    [
      'programs.console',
      page !== undefined && programs !== 'bundle' && programs.console === undefined,
      'must name the image of the console, since console is set',
    ],
    ...placeholders(programs),
    ['zoneKey', zoneKey !== undefined && !spread, 'needs spread: true'],
    ['zoneKey', zoneKey !== undefined && operators === 'install', 'needs operators: present, which may read nodes'],
  ];
}

/** Reports the first image with a placeholder for a digest: users must fill in the digests of k8s/profiles/. */
function placeholders(programs: Profile['programs']): readonly Rule[] {
  if (programs === 'bundle') return [];
  const { consumer, jobs, console: page = '' } = programs;
  const images = Object.entries({ consumer, jobs, console: page });
  const [name] = images.find(([, image]) => /@sha256:0+$/.test(image)) ?? [];
  if (name === undefined) return [];
  const remedy =
    'is a placeholder: build and push the images and put their digests in (docs/kubernetes.md, In production), or ' +
    'say `programs: bundle`, which puts the code into ConfigMaps';
  return [[`programs.${name}`, true, remedy]];
}

function consumerRules({ kafka, tidb, consumer }: Profile): readonly Rule[] {
  const [partitions, path] =
    'external' in kafka
      ? [kafka.external.partitions, 'kafka.external.partitions']
      : [kafka.partitions, 'kafka.partitions'];
  const most = consumer.autoscaling?.maxReplicas ?? consumer.replicas;
  const mostPath = consumer.autoscaling === undefined ? 'consumer.replicas' : 'consumer.autoscaling.maxReplicas';
  return [
    [mostPath, most > partitions, `must be at most ${path} (${partitions}): further consumers would idle`],
    [
      'consumer.autoscaling.maxReplicas',
      consumer.autoscaling !== undefined && most < consumer.replicas,
      `must be at least consumer.replicas (${consumer.replicas})`,
    ],
    [
      'consumer.rowLookup.host',
      consumer.rowLookup !== undefined && consumer.rowLookup.host === undefined && 'external' in tidb,
      'must name the host of TiDB, since tidb is external',
    ],
  ];
}

function valueAt(profile: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], profile);
}
