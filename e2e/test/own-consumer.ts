import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventDocument } from '@tidb-cdc/consumer/event-document';
import { defined } from '@tidb-cdc/runtime/defined';
import { fetchAnswer } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { type ConsumerSnapshot, consumerSnapshot } from '@tidb-cdc/verify/clients/consumer';
import { expect } from 'vitest';
import { type Ending, type RunningProgram, startProgram } from '../src/program.ts';
import { arrival } from './stage.ts';

/** Settings of a consumer that a test starts in addition to the system's. */
export interface OwnConsumerOptions {
  readonly kafka: string;
  readonly topic: string;
  readonly groupId: string;
  /** Its own folder for the event log. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Response of a probe. */
export interface Probe {
  readonly status: number;
  readonly reason?: string;
}

/** A consumer with its own topic and event log; the test must end it. */
export class OwnConsumer {
  readonly #options: OwnConsumerOptions;
  readonly #program: RunningProgram;
  readonly url: string;

  private constructor(options: OwnConsumerOptions, program: RunningProgram, url: string) {
    this.#options = options;
    this.#program = program;
    this.url = url;
  }

  static async start(options: OwnConsumerOptions): Promise<OwnConsumer> {
    const port = await freePort();
    mkdirSync(options.folder, { recursive: true });
    const program = startProgram('consumer/src/main.ts', {
      env: {
        KAFKA_BROKERS: options.kafka,
        KAFKA_TOPICS: options.topic,
        KAFKA_GROUP_ID: options.groupId,
        EVENT_LOG: join(options.folder, 'events.ndjson'),
        HTTP_PORT: String(port),
        ...options.env,
      },
    });
    return new OwnConsumer(options, program, `http://127.0.0.1:${port}`);
  }

  /** Its output so far. */
  output(): string {
    return this.#program.output();
  }

  snapshot(): Promise<ConsumerSnapshot> {
    return consumerSnapshot(this.url);
  }

  async probe(path: '/livez' | '/readyz'): Promise<Probe> {
    const { status, text } = await fetchAnswer(`${this.url}${path}`);
    const { reason } = JSON.parse(text) as { reason?: string };
    return { status, ...defined({ reason }) };
  }

  /** Waits until a probe returns this status, and returns its response. */
  waitForProbe(path: '/livez' | '/readyz', status: number): Promise<Probe> {
    return waitFor(
      `${status} from ${path}`,
      async () => {
        const answer = await this.probe(path);
        expect(answer).toMatchObject({ status });
        return answer;
      },
      arrival,
    );
  }

  /** Complete lines of its event log, in order. */
  lines(): readonly EventDocument[] {
    const { folder } = this.#options;
    if (!existsSync(folder)) return [];
    const segments = readdirSync(folder).filter((name) => /^events\..+\.ndjson$/.test(name));
    return segments.sort().flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      return whole
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as EventDocument);
    });
  }

  /**
   * Ends it as its supervisor would, and returns how it ended: with 1 if it takes longer than its own limit of 10 s.
   */
  async stop(): Promise<Ending> {
    this.#program.kill('SIGTERM');
    return this.#program.ended;
  }

  /** Suspends it, like an overloaded host that gives it no CPU time. */
  freeze(): void {
    this.#program.kill('SIGSTOP');
  }

  thaw(): void {
    this.#program.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.#program.ended;
  }
}

/** A unique name for a topic, a group or a folder. */
export function uniqueName(purpose: string): string {
  return `${purpose}-${randomUUID().slice(0, 8)}`;
}
