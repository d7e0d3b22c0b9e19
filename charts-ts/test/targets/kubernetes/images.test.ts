import { describe, expect, test } from 'vitest';
import versions from '../../../../versions.json' with { type: 'json' };
import type { Profile } from '../../../src/profile/fields.ts';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { manifestsOf } from '../../support/manifests.ts';
import { kind, production, withConsole } from '../../support/profiles.ts';

const registry = 'mirror.example:5000/copies';
const secrets = ['pull-ours', 'pull-theirs'];
const named = secrets.map((name) => ({ name }));
const s3 = { provider: 'aws', bucket: 'b', prefix: 'p', region: 'eu-central-1', secret: 'backup' };

/** A profile with the registry and the pull secrets. `programs` are the profile's own images, used unchanged. */
function mirrored(profile: Profile): Profile {
  const own = (program: string) => `${registry}/ours/${program}@sha256:${'1'.repeat(64)}`;
  const programs =
    profile.programs === 'bundle'
      ? profile.programs
      : { consumer: own('consumer'), jobs: own('jobs'), console: own('console') };
  return { ...profile, registry, imagePullSecrets: secrets, programs };
}

const backup = { s3, at: '02:00', keep: '7d', paused: false };
const profiles = [
  ['kind', mirrored(withConsole(kind))],
  ['production', mirrored(withConsole({ ...production, backup }))],
] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Every object in a value, at any depth. */
function objectsIn(value: unknown): readonly Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Fields, ...inner];
}

/** Every text in a value, at any depth. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Images with upstream's names, as in versions.json. */
const upstream = Object.values({ ...versions.images, ...versions.kubernetes.images });

describe.each(profiles)('images of %s, from a registry with pull secrets', (_, profile) => {
  const own = manifestsOf(profile).filter(({ kind }) => kind !== 'CustomResourceDefinition');
  const objects = [...own, ...customResources(profile)];

  test('each is from the registry, whatever field names it', () => {
    const fields = objects
      .flatMap(objectsIn)
      .flatMap((object) => Object.entries(object).filter(([field]) => /image$/i.test(field)))
      .map(([, image]) => String(image));
    expect(fields.length).toBeGreaterThan(20);
    expect(fields.filter((image) => !image.startsWith(`${registry}/`))).toEqual([]);
  });

  test('no argument, setting or script names one of upstream', () => {
    const references = upstream.map((image) => new RegExp(`(?<![\\w./-])${image.replaceAll('.', '\\.')}`));
    const texts = objects.flatMap(textsIn);
    const found = references.filter((reference) => texts.some((text) => reference.test(text)));
    expect(found).toEqual([]);
  });

  test('every pod, and every resource of which an operator makes pods, names the secrets', () => {
    const pods = objects.flatMap(objectsIn).filter((object) => Array.isArray(object.containers));
    expect(pods.length).toBeGreaterThan(5);
    expect(pods.filter(({ imagePullSecrets }) => JSON.stringify(imagePullSecrets) !== JSON.stringify(named))).toEqual(
      [],
    );
    const made = customResources(profile).flatMap((resource) => podFieldsOf(resource.kind, resource.spec as Fields));
    expect(made.length).toBeGreaterThan(5);
    for (const fields of made) expect(fields).toMatchObject({ imagePullSecrets: named });
  });
});

/** The fields where each kind's operator reads the pull secrets of its pods. */
function podFieldsOf(kind: string, spec: Fields): readonly unknown[] {
  const at = (...path: readonly string[]) =>
    path.reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], spec);
  switch (kind) {
    case 'TidbCluster':
    case 'BackupSchedule':
    case 'Prometheus':
    case 'Alertmanager':
      return [spec];
    case 'KafkaNodePool':
      return [at('template', 'pod')];
    case 'Kafka':
      return [at('entityOperator', 'template', 'pod')];
    case 'Elasticsearch':
      return [at('nodeSets', '0', 'podTemplate', 'spec')];
    default:
      return [];
  }
}

test('keeps the path of an image, and gives those of Docker Hub the folder that they have there', () => {
  const [, profile] = profiles[0];
  const images = manifestsOf(profile)
    .flatMap(objectsIn)
    .map(({ image }) => image);
  expect(images).toEqual(
    expect.arrayContaining([
      `${registry}/library/node:24.11.1-alpine3.22`,
      `${registry}/grafana/grafana:13.0.2`,
      `${registry}/kubectl:v1.36.0`,
      `${registry}/strimzi/operator:1.2.0`,
    ]),
  );
});
