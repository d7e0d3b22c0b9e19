declare module 'snappyjs' {
  /** @throws Error where the bytes are not snappy */
  export function uncompress(compressed: Buffer): Buffer;
}
