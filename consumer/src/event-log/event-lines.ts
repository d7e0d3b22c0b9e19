const leastBytes = 64 * 1024;
const newline = 0x0a;

/** Collects event lines as the bytes to write: long-lived strings would cost the garbage collector more. */
export class EventLines {
  #bytes = Buffer.allocUnsafeSlow(leastBytes);
  #length = 0;

  /** @param line JSON without a newline */
  append(line: string): void {
    // A UTF-16 unit takes at most three bytes of UTF-8.
    const needed = this.#length + line.length * 3 + 1;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length] = newline;
    this.#length += 1;
  }

  /** Returns the lines appended since the last call, as UTF-8. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    // The next lines will probably take as much.
    if (this.#length > 0) this.#bytes = Buffer.allocUnsafeSlow(Math.max(leastBytes, this.#length));
    this.#length = 0;
    return taken;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
