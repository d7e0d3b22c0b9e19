/** An answer of a probe: `reason` says why it is not well. */
export interface Probe {
  readonly ok: boolean;
  readonly reason?: string;
  readonly [detail: string]: unknown;
}

/**
 * What the probes say. Alive is a consumer that lately showed a sign of consumption: a heartbeat that the broker took, a
 * step of a batch, an answer of the broker while it waits for a topic. Ready is one that is a member of its group
 * and is not held up by a step that fails. A member without a partition is ready: it stands by.
 */
export class Health {
  readonly #livenessTimeout: number;
  #lastSign = Date.now();
  #lastSignOf = 'start';
  #partitions: number | undefined;
  #absence = 'is starting';
  #obstacle: { step: string; reason: string } | undefined;
  #failure: string | undefined;

  constructor(livenessTimeoutSeconds: number) {
    this.#livenessTimeout = livenessTimeoutSeconds * 1_000;
  }

  sign(of: string): void {
    this.#lastSign = Date.now();
    this.#lastSignOf = of;
  }

  joined(partitions: number): void {
    this.#partitions = partitions;
    this.sign('assignment of partitions');
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
    const silence = Date.now() - this.#lastSign;
    const details = { last_sign: this.#lastSignOf, seconds_since: Math.round(silence / 1_000) };
    if (silence <= this.#livenessTimeout) return { ok: true, ...details };
    return { ok: false, reason: 'no sign of consumption within LIVENESS_TIMEOUT_SECONDS', ...details };
  }

  ready(): Probe {
    // A broker that hangs leaves the membership as it was: only the silence tells.
    const alive = this.live();
    if (!alive.ok) return alive;
    if (this.#partitions === undefined) return { ok: false, reason: `the consumer ${this.#absence}` };
    if (this.#obstacle !== undefined) {
      return { ok: false, reason: `cannot ${this.#obstacle.step}: ${this.#obstacle.reason}` };
    }
    return { ok: true, assigned_partitions: this.#partitions };
  }
}
