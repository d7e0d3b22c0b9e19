import versions from '../../../versions.json' with { type: 'json' };

const images = { ...versions.images, ...versions.kubernetes.images };

export type ImageName = keyof typeof images;

/** An image with its tag, from versions.json, and with its digest where that names one. */
export function image(name: ImageName): string {
  return images[name];
}

/** An image without its tag, where an operator adds the version itself. */
export function imageRepository(name: ImageName): string {
  return splitImage(images[name]).repository;
}

/** A product's version: the tag of its image. */
export function version(name: ImageName): string {
  return splitImage(images[name]).tag;
}

/**
 * The parts of `<repository>:<tag>`, which a digest may follow: `@sha256:…`.
 * @throws Error where there is no tag
 */
export function splitImage(reference: string): { readonly repository: string; readonly tag: string } {
  const [, repository, tag] = /^([^@]+):([^@:/]+)(?:@sha256:[0-9a-f]{64})?$/.exec(reference) ?? [];
  if (repository === undefined || tag === undefined) {
    throw new Error(`image '${reference}': must be <repository>:<tag> or <repository>:<tag>@sha256:<64 hex digits>`);
  }
  return { repository, tag };
}

/** The version of Kafka's own metadata; raised after Kafka itself, since there is no way back. */
export const kafkaMetadataVersion = versions.kubernetes.kafkaMetadata;
