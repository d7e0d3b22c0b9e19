const leastBytes = 64 * 1024;
const newline = 0x0a;

/** Collects the lines of events, as the bytes that are written: strings kept for long cost the garbage collector more. */
export class EventLines {
  #bytes = Buffer.allocUnsafeSlow(leastBytes);
  #length = 0;

  /** @param line JSON without a newline */
  append(line: string): void {
    // A UTF-16 unit has three bytes of UTF-8 at most.
    const needed = this.#length + line.length * 3 + 1;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length] = newline;
    this.#length += 1;
  }

  /** The collected lines as UTF-8; the next call has those that were appended since. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    // The next lines are likely to be as many.
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
