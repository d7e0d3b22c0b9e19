/** Limit for all annotations of an object together, in bytes: `TotalAnnotationSizeLimitB` of Kubernetes. */
export const annotationLimit = 262_144;

/**
 * Bytes of an object in the annotation `last-applied-configuration`, where a client-side apply stores it. Go's JSON
 * encoder writes each HTML character as six bytes.
 */
export function lastAppliedBytes(object: unknown): number {
  return encodedBytes(JSON.stringify(object)) + 1;
}

/** Bytes of JSON text as Go encodes it. */
export function encodedBytes(json: string): number {
  const escaped = json.match(/[<>&\u2028\u2029]/g) ?? [];
  return Buffer.byteLength(json) + escaped.reduce((sum, character) => sum + 6 - Buffer.byteLength(character), 0);
}

/** @throws Error naming each object that a client-side apply could not store */
export function checkObjectSizes(objects: readonly { kind: string; metadata: { name: string } }[]): void {
  const problems = objects.flatMap((object) => {
    const bytes = lastAppliedBytes(object);
    if (bytes < annotationLimit) return [];
    return [`${object.kind} '${object.metadata.name}' has ${bytes} bytes: must be below ${annotationLimit}`];
  });
  if (problems.length > 0) throw new Error(`objects too large for a client-side apply:\n${problems.join('\n')}`);
}
