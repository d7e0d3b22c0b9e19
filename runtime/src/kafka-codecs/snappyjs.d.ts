declare module 'snappyjs' {
  /** @throws Error when the bytes are not snappy */
  export function uncompress(compressed: Buffer): Buffer;
}
