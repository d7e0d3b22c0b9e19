const longestMs = 30_000;

/** A part that was ready for this long starts again with the shortest wait. */
const calmMs = 60_000;

/** Waits before restarting a part that died: 0.5 s, doubled each time up to 30 s. */
export class Backoff {
  readonly #firstMs: number;
  #next: number;

  constructor(firstMs = 500) {
    this.#firstMs = firstMs;
    this.#next = firstMs;
  }

  /** Returns the next wait in milliseconds. `readyForMs` is how long the part was ready, 0 if it never was. */
  afterDeath(readyForMs: number): number {
    if (readyForMs >= calmMs) this.#next = this.#firstMs;
    const wait = this.#next;
    this.#next = Math.min(this.#next * 2, longestMs);
    return wait;
  }
}
