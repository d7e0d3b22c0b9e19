import versions from '../../../versions.json' with { type: 'json' };

const images = { ...versions.images, ...versions.kubernetes.images };

export type ImageName = keyof typeof images;

/** An image with its tag, from versions.json. */
export function image(name: ImageName): string {
  return images[name];
}

/** An image without its tag, where an operator adds the version itself. */
export function imageRepository(name: ImageName): string {
  return images[name].slice(0, images[name].lastIndexOf(':'));
}

/** A product's version: the tag of its image. */
export function version(name: ImageName): string {
  return images[name].slice(images[name].lastIndexOf(':') + 1);
}

/** The version of Kafka's own metadata; raised after Kafka itself, since there is no way back. */
export const kafkaMetadataVersion = versions.kubernetes.kafkaMetadata;
