import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePage } from '@tidb-cdc/console/bundle';
import { type RunningConsole, startConsole } from '@tidb-cdc/console/server';
import { supervisedSystem } from '@tidb-cdc/console/supervised-system';
import type { PartName } from '@tidb-cdc/runtime/system-state';
import { runGraph, type Step } from './graph.ts';
import { type EmbeddedJob, runJob } from './jobs.ts';
import { host, type Part, type PartContext } from './parts/part.ts';
import { appendLine } from './processes/log-file.ts';
import { SupervisedPart } from './processes/supervised-part.ts';
import { stateMarker } from './state-dir.ts';
import type { StatusBoard } from './status-board.ts';

type ProcessPart = Exclude<PartName, 'console'>;
type StepName = PartName | EmbeddedJob;

/**
 * The steps that must be done before each step. Canal comes after the tables and the topic, because it captures what is
 * written from then on. The seed comes after Canal and the consumer, so that its rows are the first events.
 */
export const startOrder: Readonly<Record<StepName, readonly StepName[]>> = {
  kafka: [],
  mariadb: [],
  elasticsearch: [],
  console: [],
  'migrate-database': ['mariadb'],
  'create-topic': ['kafka'],
  'install-index-template': ['elasticsearch'],
  canal: ['migrate-database', 'create-topic'],
  consumer: ['create-topic'],
  filebeat: ['install-index-template'],
  prometheus: [],
  'seed-database': ['canal', 'consumer'],
};

/** Groups of parts that stop together, in this order. No part outlives one it needs for a clean shutdown. */
const stopOrder: readonly (readonly ProcessPart[])[] = [
  ['canal', 'consumer', 'filebeat', 'prometheus'],
  ['kafka', 'mariadb', 'elasticsearch'],
];

/** Starts all parts in order, keeps them running, and ends them. */
export class System {
  readonly #context: PartContext;
  readonly #board: StatusBoard;
  readonly #parts: ReadonlyMap<ProcessPart, Part>;
  readonly #supervised = new Map<ProcessPart, SupervisedPart>();
  readonly #ending = new AbortController();
  #console: RunningConsole | undefined;

  constructor(context: PartContext, parts: readonly Part[], board: StatusBoard) {
    this.#context = context;
    this.#board = board;
    this.#parts = new Map(parts.map((part) => [part.name as ProcessPart, part]));
  }

  /**
   * Returns when every part is ready.
   * @throws Error of the first part or job that fails; the caller must then call `stop` to end the rest
   */
  async start(): Promise<void> {
    // Fetch everything at once: a part downloads while the parts it needs start.
    const fetched = new Map([...this.#parts].map(([name, part]) => [name, this.#fetch(part)]));
    // The step that waits for a fetch sees its error. Until then the rejection must not count as unhandled.
    for (const fetching of fetched.values()) fetching.catch(() => {});
    const steps = Object.entries(startOrder).map(([name, needs]) => [
      name,
      this.#step(name as StepName, needs, fetched),
    ]);
    await runGraph(Object.fromEntries(steps) as Record<StepName, Step<StepName>>);
  }

  /**
   * Ends every part in order, within 15 s in total; what is left once `kill` fires is killed. Can be called during the
   * start.
   */
  async stop(kill: AbortSignal): Promise<void> {
    this.#ending.abort(new Error('the system is being stopped'));
    await this.#console?.close();
    this.#board.set('console', { state: 'stopped' });
    for (const group of stopOrder) {
      await Promise.all(group.map((name) => this.#supervised.get(name)?.stop(kill)));
    }
  }

  #step(name: StepName, needs: readonly StepName[], fetched: ReadonlyMap<StepName, Promise<void>>): Step<StepName> {
    const run = async () => {
      this.#ending.signal.throwIfAborted();
      await fetched.get(name);
      this.#ending.signal.throwIfAborted();
      if (name === 'console') return this.#startConsole();
      const part = this.#parts.get(name as ProcessPart);
      if (part !== undefined) return this.#startPart(part);
      if (name === 'seed-database') return this.#seed();
      return runJob(name as EmbeddedJob, this.#context, this.#ending.signal);
    };
    return { needs, run };
  }

  async #fetch(part: Part): Promise<void> {
    const report = (detail: string) => this.#board.set(part.name, { state: 'fetching', detail });
    await part.fetch(report, this.#ending.signal);
    this.#board.set(part.name, { state: 'waiting', detail: waitingFor(part.name) });
  }

  #startPart(part: Part): Promise<void> {
    const { paths, isolation } = this.#context;
    const supervised = new SupervisedPart(
      part,
      { logFile: paths.log(part.name), recordFile: paths.record(part.name), isolation, marker: stateMarker(paths) },
      (change) => this.#board.set(part.name, change),
    );
    this.#supervised.set(part.name as ProcessPart, supervised);
    return supervised.start();
  }

  async #startConsole(): Promise<void> {
    const logFile = this.#context.paths.log('console');
    this.#board.set('console', { state: 'starting' });
    this.#console = await startConsole({
      system: supervisedSystem(() => this.#board.state),
      page: await bundlePage(),
      host,
      port: this.#context.ports.console,
      log: { error: (fields, message) => appendLine(logFile, describe(message, fields)) },
    });
    this.#board.set('console', { state: 'ready' });
  }

  /** Only once per state folder: rows that the user deleted must not come back. */
  async #seed(): Promise<void> {
    const done = join(this.#context.paths.jobs, 'seeded');
    if (!existsSync(done)) {
      await runJob('seed-database', this.#context, this.#ending.signal);
      writeFileSync(done, `${new Date().toISOString()}\n`);
    }
    this.#board.markSeeded();
  }
}

function waitingFor(name: PartName): string {
  const needs = startOrder[name];
  return needs.length === 0 ? '' : `for ${needs.join(' and ')}`;
}

function describe(message: string, fields: object): string {
  const causes = Object.values(fields).map((field) => (field instanceof Error ? field.stack : String(field)));
  return [`${new Date().toISOString()} ${message}`, ...causes].join('\n  ');
}
