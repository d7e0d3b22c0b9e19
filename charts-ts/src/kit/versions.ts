import versions from '../../../versions.json' with { type: 'json' };

const images = { ...versions.images, ...versions.kubernetes.images };

export type ImageName = keyof typeof images;

/** Where an environment pulls its images from. */
export interface ImageSource {
  /** A registry, optionally with a path, that replaces each image's own. @default each image's own */
  readonly registry?: string | undefined;
}

/** An image with its tag from versions.json, and its digest if versions.json has one. */
export function image(name: ImageName, { registry }: ImageSource = {}): string {
  return registry === undefined ? images[name] : `${registry}/${imagePath(images[name])}`;
}

/** An image without its tag, where an operator adds the version itself. */
export function imageRepository(name: ImageName, source: ImageSource = {}): string {
  return splitImage(image(name, source)).repository;
}

/** Strimzi's image for a version of Kafka. */
export function strimziKafkaImage(kafka: string, source: ImageSource = {}): string {
  return `${image('strimzi-kafka', source)}-kafka-${kafka}`;
}

/** An image without its registry. Docker Hub's images name no registry; those without a folder are in `library/`. */
function imagePath(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length === 0) return `library/${reference}`;
  return /[.:]/.test(first) ? rest.join('/') : reference;
}

/** A product's version: the tag of its image. */
export function version(name: ImageName): string {
  return splitImage(images[name]).tag;
}

/**
 * Splits `<repository>:<tag>`, optionally followed by a digest `@sha256:…`.
 * @throws Error if there is no tag
 */
export function splitImage(reference: string): { readonly repository: string; readonly tag: string } {
  const [, repository, tag] = /^([^@]+):([^@:/]+)(?:@sha256:[0-9a-f]{64})?$/.exec(reference) ?? [];
  if (repository === undefined || tag === undefined) {
    throw new Error(`image '${reference}': must be <repository>:<tag> or <repository>:<tag>@sha256:<64 hex digits>`);
  }
  return { repository, tag };
}

/** The version of Kafka's own metadata. Raise it after Kafka itself: it cannot be lowered again. */
export const kafkaMetadataVersion = versions.kubernetes.kafkaMetadata;
