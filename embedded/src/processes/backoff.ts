const longestMs = 30_000;

/** A part that was ready for so long gets a fresh series of waits. */
const calmMs = 60_000;

/** The waits before a part that died is started again: 0.5 s, doubled each time up to 30 s. */
export class Backoff {
  readonly #firstMs: number;
  #next: number;

  constructor(firstMs = 500) {
    this.#firstMs = firstMs;
    this.#next = firstMs;
  }

  /** The next wait in milliseconds, after the part was ready for `readyForMs` (0 where it never was). */
  afterDeath(readyForMs: number): number {
    if (readyForMs >= calmMs) this.#next = this.#firstMs;
    const wait = this.#next;
    this.#next = Math.min(this.#next * 2, longestMs);
    return wait;
  }
}
