import { setTimeout as delay } from 'node:timers/promises';
import type { PartName, PartState } from '@tidb-cdc/runtime/system-state';
import { Backoff } from './backoff.ts';
import { type Launch, type Launched, type LaunchOptions, launch } from './launch.ts';
import { lastLines, sizeOf } from './log-file.ts';

/** What the supervisor needs to know to keep a part running. */
export interface PartDefinition {
  readonly name: PartName;
  /** Writes the part's configuration, creates its folders, and returns how to run it. Called before each start. */
  prepare(): Promise<Launch>;
  /** Checks once whether the part does its work. `logOffset` is the size of its log before this start. */
  isReady(logOffset: number): Promise<boolean>;
  /** How long a start may take before it counts as failed. */
  readonly startBoundMs: number;
  /** How long it may take to shut down cleanly. */
  readonly stopBoundMs: number;
}

/** Called at each change of a part. */
export type PartListener = (change: { state: PartState; detail: string; pid?: number; restarted?: boolean }) => void;

/** A part did not start. The message has the reason and the end of its log. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const pollMs = 100;
const attemptsAtFirst = 2;
const attemptsLater = 5;

/** Keeps one part running: starts it, and starts it again with backoff when it dies. */
export class SupervisedPart {
  readonly #part: PartDefinition;
  readonly #options: LaunchOptions;
  readonly #listener: PartListener;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #running: Launched | undefined;
  #loop: Promise<void> | undefined;

  constructor(part: PartDefinition, options: LaunchOptions, listener: PartListener, backoff = new Backoff()) {
    this.#backoff = backoff;
    this.#part = part;
    this.#options = options;
    this.#listener = listener;
  }

  /**
   * Returns when the part is ready for the first time.
   * @throws StartError when two attempts to start it fail
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const neverReady = () => reject(new StartError(`${this.#part.name} was stopped before it was ready`));
      this.#loop = this.#keepRunning(resolve).then(neverReady, reject);
    });
  }

  /** Ends the part for good, with SIGKILL after its stop bound or once `kill` fires. Can be called at any time. */
  async stop(kill: AbortSignal): Promise<void> {
    this.#stop.abort();
    await this.#running?.end(this.#part.stopBoundMs, kill);
    await this.#loop;
    this.#listener({ state: 'stopped', detail: '' });
  }

  async #keepRunning(onFirstReady: () => void): Promise<void> {
    let everReady = false;
    let failedStarts = 0;
    while (!this.#stop.signal.aborted) {
      const outcome = await this.#runOnce(() => {
        everReady = true;
        failedStarts = 0;
        onFirstReady();
      });
      if (this.#stop.signal.aborted) return;
      if (outcome.readyForMs === 0) failedStarts += 1;
      if (failedStarts >= (everReady ? attemptsLater : attemptsAtFirst)) {
        this.#listener({ state: 'failed', detail: outcome.how });
        if (everReady) return;
        throw new StartError(this.#describeFailure(outcome));
      }
      await this.#waitToRestart(outcome);
    }
  }

  /** Runs the part once, from its start to its end. */
  async #runOnce(onReady: () => void): Promise<Outcome> {
    const logOffset = sizeOf(this.#options.logFile);
    this.#listener({ state: 'starting', detail: '' });
    let running: Launched;
    try {
      running = launch(await this.#part.prepare(), this.#options);
    } catch (error) {
      return { how: (error as Error).message, readyForMs: 0, logOffset };
    }
    this.#running = running;
    // A stop during `prepare` found nothing to end.
    if (this.#stop.signal.aborted) await running.end(this.#part.stopBoundMs);
    this.#listener({ state: 'starting', detail: '', pid: running.pid });
    const problem = await this.#waitUntilReady(running, logOffset);
    if (problem !== undefined) return { how: problem, readyForMs: 0, logOffset };
    const readySince = performance.now();
    onReady();
    this.#listener({ state: 'ready', detail: '', pid: running.pid });
    const how = await running.ended;
    return { how, readyForMs: performance.now() - readySince, logOffset };
  }

  /** Returns undefined when the part is ready, else why it is not. In that case it no longer runs. */
  async #waitUntilReady(running: Launched, logOffset: number): Promise<string | undefined> {
    const ended = running.ended.then((how) => ({ how }));
    const end = performance.now() + this.#part.startBoundMs;
    while (performance.now() < end) {
      const look = await Promise.race([ended, this.#part.isReady(logOffset)]);
      if (typeof look === 'object') return look.how;
      if (look) return undefined;
      await Promise.race([ended, delay(pollMs)]);
    }
    await running.end(this.#part.stopBoundMs);
    return `not ready within ${this.#part.startBoundMs / 1000} s`;
  }

  async #waitToRestart({ how, readyForMs }: Outcome): Promise<void> {
    const wait = this.#backoff.afterDeath(readyForMs);
    this.#listener({ state: 'restarting', detail: `${how}; restarting in ${wait / 1000} s`, restarted: true });
    await delay(wait, undefined, { signal: this.#stop.signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }

  #describeFailure({ how, logOffset }: Outcome): string {
    const { logFile } = this.#options;
    const lines = lastLines(logFile, 15, logOffset).map((line) => `  ${line}`);
    return [`${this.#part.name} did not start: ${how}. The last lines of its log, ${logFile}:`, ...lines].join('\n');
  }
}

interface Outcome {
  readonly how: string;
  /** 0 when it never was ready. */
  readonly readyForMs: number;
  readonly logOffset: number;
}
