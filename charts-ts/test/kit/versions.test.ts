import { describe, expect, test } from 'vitest';
import versions from '../../../versions.json' with { type: 'json' };
import { splitImage } from '../../src/kit/versions.ts';

describe('splitImage', () => {
  const digest = `@sha256:${'0a'.repeat(32)}`;

  test.each([
    ['pingcap/tidb:v8.5.7', 'pingcap/tidb', 'v8.5.7'],
    [`pingcap/tidb:v8.5.7${digest}`, 'pingcap/tidb', 'v8.5.7'],
    [`registry.example:5000/a/b:1${digest}`, 'registry.example:5000/a/b', '1'],
  ])('%s', (reference, repository, tag) => {
    expect(splitImage(reference)).toEqual({ repository, tag });
  });

  test.each(['busybox', 'registry.example:5000/busybox', `busybox${digest}`, 'busybox:1@sha256:12'])(
    'refuses what has no tag or half a digest: %s',
    (reference) => {
      expect(() => splitImage(reference)).toThrow(`image '${reference}': must be <repository>:<tag>`);
    },
  );
});

test('every image of versions.json has a tag, and none a tag that moves', () => {
  const images = [...Object.values(versions.images), ...Object.values(versions.kubernetes.images)];
  const tags = [...images, versions.kubernetes.kindNode].map((reference) => splitImage(reference).tag);
  expect(tags.filter((tag) => !/\d/.test(tag))).toEqual([]);
});
