/** The answer of a probe. `reason` says why it is not ok. */
export interface Probe {
  readonly ok: boolean;
  readonly reason?: string;
  readonly [detail: string]: unknown;
}

/**
 * Answers the probes. The consumer is alive if it has recently shown a sign of work: a request to Kafka, the answer or
 * timeout of one, or a step of a batch. So it is alive while it waits for Kafka, however long: a restart would not
 * help. It is ready if Kafka answers, it is a member of its group, and no failing step blocks it. A member without a
 * partition is ready: it is on standby. Times come from a monotonic clock.
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

  /** A sign of work that is an answer from Kafka. */
  answered(of: string): void {
    this.sign(of);
    this.#lastAnswer = this.#lastSign;
  }

  joined(partitions: number): void {
    this.#partitions = partitions;
    this.answered('assignment of partitions');
  }

  /** The consumer is not a member of the group. `reason` completes "the consumer …". */
  absent(reason: string): void {
    this.#partitions = undefined;
    this.#absence = reason;
  }

  /** A step of a batch fails and is being retried. */
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
    // A broker that hangs does not change the membership: only its silence shows.
    const silence = performance.now() - this.#lastAnswer;
    if (silence <= this.#timeout) return { ok: true, assigned_partitions: this.#partitions };
    return { ok: false, reason: 'Kafka has not answered within LIVENESS_TIMEOUT_SECONDS' };
  }
}
