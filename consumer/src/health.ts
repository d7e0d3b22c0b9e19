/** An answer of a probe: `reason` says why it is not well. */
export interface Probe {
  readonly ok: boolean;
  readonly reason?: string;
  readonly [detail: string]: unknown;
}

/**
 * What the probes say. Alive is a consumer that lately showed a sign of being at work: a request to Kafka or the end of
 * one, also by its timeout, a step of a batch. So one that waits for Kafka is alive, however long: to start it again
 * would not help. Ready is one that Kafka answers, that is a member of its group and is not held up by a step that fails.
 * A member without a partition is ready: it stands by. Times are of a clock that nobody sets back.
 */
export class Health {
  readonly #timeout: number;
  #lastSign = performance.now();
  #lastSignOf = 'start';
  #lastAnswer = performance.now();
  #partitions: number | undefined;
  #absence = 'is starting';
  #obstacle: { step: string; reason: string } | undefined;
  #failure: string | undefined;

  constructor(livenessTimeoutSeconds: number) {
    this.#timeout = livenessTimeoutSeconds * 1_000;
  }

  sign(of: string): void {
    this.#lastSign = performance.now();
    this.#lastSignOf = of;
  }

  /** A sign that is an answer of Kafka. */
  answered(of: string): void {
    this.sign(of);
    this.#lastAnswer = this.#lastSign;
  }

  joined(partitions: number): void {
    this.#partitions = partitions;
    this.answered('assignment of partitions');
  }

  /** Not a member of the group: `reason` completes "the consumer …". */
  absent(reason: string): void {
    this.#partitions = undefined;
    this.#absence = reason;
  }

  /** A step of a batch fails and is tried again. */
  blocked(step: string, reason: string): void {
    this.#obstacle = { step, reason };
  }

  unblocked(): void {
    this.#obstacle = undefined;
  }

  isBlockedAt(step: string): boolean {
    return this.#obstacle?.step === step;
  }

  /** The consumer cannot go on and is about to end. */
  failed(reason: string): void {
    this.#failure = reason;
  }

  live(): Probe {
    if (this.#failure !== undefined) return { ok: false, reason: this.#failure };
    const silence = performance.now() - this.#lastSign;
    const details = { last_sign: this.#lastSignOf, seconds_since: Math.round(silence / 1_000) };
    if (silence <= this.#timeout) return { ok: true, ...details };
    return { ok: false, reason: 'no sign of consumption within LIVENESS_TIMEOUT_SECONDS', ...details };
  }

  ready(): Probe {
    const alive = this.live();
    if (!alive.ok) return alive;
    if (this.#partitions === undefined) return { ok: false, reason: `the consumer ${this.#absence}` };
    if (this.#obstacle !== undefined) {
      return { ok: false, reason: `cannot ${this.#obstacle.step}: ${this.#obstacle.reason}` };
    }
    // A broker that hangs leaves the membership as it was: only the silence tells.
    const silence = performance.now() - this.#lastAnswer;
    if (silence <= this.#timeout) return { ok: true, assigned_partitions: this.#partitions };
    return { ok: false, reason: 'Kafka has not answered within LIVENESS_TIMEOUT_SECONDS' };
  }
}
