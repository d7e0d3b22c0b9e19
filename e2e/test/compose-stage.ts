import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsAlias, hostPorts } from '@tidb-cdc/charts/pipeline';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { connect, select } from '@tidb-cdc/runtime/sql';
import { eventIndex } from '@tidb-cdc/verify/clients/elasticsearch';
import type { SystemAccess } from '@tidb-cdc/verify/target';
import { composeAccess } from '@tidb-cdc/verify/targets/compose';
import { expect } from 'vitest';
import { type Engine, EngineFailure, startEngine, whyNoEngine } from '../src/compose/engine.ts';
import { buildImages } from '../src/compose/images.ts';
import { writeClosedConfigOverride, writeExternalOverride, writeOverride } from '../src/compose/override.ts';
import { ComposeStack } from '../src/compose/stack.ts';
import { freePortOffset } from '../src/processes.ts';
import { runToEnd } from '../src/program.ts';

const say = (line: string): void => console.log(`compose: ${line}`);

/** Starts an engine that keeps its images in the cache. Returns undefined, and prints why, if none can run here. */
export async function engineOrReason(): Promise<Engine | undefined> {
  const obstacle = await whyNoEngine();
  if (obstacle !== undefined) {
    say(`skipped: ${obstacle}`);
    return undefined;
  }
  try {
    return await startEngine(join(defaultCacheDir(), 'docker'), say);
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error;
    say(`skipped: ${error.message}`);
    return undefined;
  }
}

/** The stack that `docker-compose up` started, on free ports. */
export class ComposeStage {
  readonly stack: ComposeStack;
  /** Whether the stack has Grafana. */
  readonly withGrafana: boolean;
  readonly #engine: Engine;
  readonly #folder: string;

  private constructor(engine: Engine, folder: string, stack: ComposeStack, withGrafana: boolean) {
    this.#engine = engine;
    this.#folder = folder;
    this.stack = stack;
    this.withGrafana = withGrafana;
  }

  /** Builds the images and starts the stack without any earlier data. */
  static async start(engine: Engine): Promise<ComposeStage> {
    const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-compose-'));
    const images = await buildImages(engine, folder, say);
    const withGrafana = images.has('grafana');
    const override = writeOverride(folder, { withGrafana });
    // Below the ports that Linux uses for outgoing connections (32768 and above): there is a minute between this check
    // and the start.
    const portOffset = await freePortOffset(12_000, Object.values(hostPorts));
    const stack = new ComposeStack({ engine, override, project: 'tidb-cdc-e2e', portOffset });
    // Remove what a killed run left behind.
    await stack.down();
    try {
      say('docker-compose build');
      await stack.build();
      say('docker-compose up');
      await stack.up();
    } catch (error) {
      await stack.down();
      throw error;
    }
    return new ComposeStage(engine, folder, stack, withGrafana);
  }

  async stop(): Promise<void> {
    await this.stack.down();
    await this.#engine.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The same compose file, in a clone made under umask 077, beside this stack. Nothing is started yet. */
  withClosedConfig(): ComposeStack {
    const override = writeClosedConfigOverride(join(this.#folder, 'closed'));
    return new ComposeStack({ engine: this.#engine, override, project: 'tidb-cdc-e2e-closed', portOffset: 0 });
  }

  /**
   * Starts the example of systems that run elsewhere, with database, Kafka and Elasticsearch of this stack: they join a
   * network of its own, in which no other name of this stack is known. `run` gets it; afterwards all of it is removed.
   */
  async withExternalExample(
    settings: Readonly<Record<string, string>>,
    run: (stack: ComposeStack) => Promise<void>,
  ): Promise<void> {
    const project = 'tidb-cdc-e2e-external';
    const { withGrafana } = this;
    const override = writeExternalOverride(join(this.#folder, 'external'), project, { withGrafana });
    const files = { compose: 'compose/external/docker-compose.yml', environment: 'compose/external/.env.example' };
    const portOffset = await freePortOffset(12_000, Object.values(hostPorts));
    const stack = new ComposeStack({ engine: this.#engine, override, project, files, settings, portOffset });
    const containers = await Promise.all(['tidb', 'kafka', 'elasticsearch'].map((name) => this.stack.container(name)));
    await this.#engine.docker(['network', 'create', project]);
    try {
      for (const { id, service } of containers) {
        await this.#engine.docker(['network', 'connect', '--alias', service, project, id]);
      }
      await stack.up();
      await run(stack);
    } finally {
      await stack.down();
      for (const { id } of containers) await this.#engine.docker(['network', 'disconnect', '--force', project, id]);
      await this.#engine.docker(['network', 'rm', project]);
    }
  }

  /** The environment for commands that use this stack. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.stack.environment };
  }

  get access(): SystemAccess {
    return composeAccess(this.environment);
  }

  /** Runs `npm run verify -- --target compose` and expects all numbers to agree. */
  async verify(inserts: number, updates: number, deletes: number): Promise<void> {
    const counts = ['--inserts', `${inserts}`, '--updates', `${updates}`, '--deletes', `${deletes}`];
    const { code, output } = await this.runVerify(counts);
    expect(code, output).toBe(0);
  }

  /** Runs `npm run verify -- --target compose` until it ends, with these variables added to the stack's. */
  runVerify(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const environment = { ...this.stack.environment, ...env };
    return runToEnd('verify/src/main.ts', { args: ['--target', 'compose', ...args], env: environment });
  }

  /** Number of event documents. */
  documents(): Promise<number> {
    return eventIndex(this.access.elasticsearch, eventsAlias).count({ match_all: {} });
  }

  /** Number of rows in a table of the shop. */
  async rows(table: string): Promise<number> {
    const connection = await connect(this.access.sql);
    try {
      const [row] = await select(connection, `SELECT COUNT(*) AS number FROM ${table}`);
      return Number(row?.number);
    } finally {
      await connection.end();
    }
  }
}
