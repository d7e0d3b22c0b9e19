import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, processTree } from '@tidb-cdc/runtime/process-identity';
import { repository } from '@tidb-cdc/runtime/repository';
import {
  type Endpoints,
  type PartName,
  type PartStatus,
  readSystemState,
  type SystemState,
} from '@tidb-cdc/runtime/system-state';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { requireComplete } from '@tidb-cdc/verify/require-complete';
import { waitForEnd } from './processes.ts';

/** The first start on a machine builds two parts from source. */
const startTimeoutMs = 25 * 60_000;
const stopTimeoutMs = 60_000;

/**
 * A real embedded system in its own folder. All its state is in the folder, so several programs can use the same
 * system: one may start it and another end it.
 */
export class EmbeddedSystem {
  readonly folder: string;
  readonly portOffset: number;

  constructor(folder: string, portOffset: number) {
    this.folder = folder;
    this.portOffset = portOffset;
  }

  get stateDir(): string {
    return join(this.folder, 'state');
  }

  /** The supervisor's output of all starts. */
  get outputFile(): string {
    return join(this.folder, 'output.log');
  }

  /** @throws Error when the system was never started */
  get state(): SystemState {
    const state = readSystemState(this.stateDir);
    if (state === undefined) throw new Error(`no system was started in ${this.stateDir}`);
    return state;
  }

  get endpoints(): Endpoints {
    return this.state.endpoints;
  }

  part(name: PartName): PartStatus {
    const part = this.state.parts.find((candidate) => candidate.name === name);
    if (part === undefined) throw new Error(`the system has no part ${name}`);
    return part;
  }

  /**
   * Process id of a part.
   * @throws Error while it has none
   */
  pid(name: PartName): number {
    const { pid, state } = this.part(name);
    if (pid === undefined) throw new Error(`${name} has no process, it is ${state}`);
    return pid;
  }

  get isUp(): boolean {
    const state = readSystemState(this.stateDir);
    return state !== undefined && isRunning(state.pid);
  }

  /**
   * Starts it as a user does and waits until every part is ready.
   * @throws Error with the end of its output, when it ends or is not complete in time
   */
  async start(extraArguments: readonly string[] = [], say?: (line: string) => void): Promise<SystemState> {
    const output = openSync(this.outputFile, 'a');
    const command = ['--import', 'tsx', join(repository, 'embedded/src/main.ts')];
    const options = ['--port-offset', String(this.portOffset), '--state-dir', this.stateDir, ...extraArguments];
    const child = spawn(process.execPath, [...command, ...options], {
      cwd: repository,
      // Its own process group: Ctrl-C in the tests' terminal must not reach it before the tests are done with it.
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child.unref();
    const { pid } = child;
    if (pid === undefined) throw new Error('the supervisor could not be started');
    try {
      return await this.#waitForCompleteness(pid, say);
    } catch (error) {
      if (isRunning(pid)) process.kill(pid, 'SIGTERM');
      throw new Error(`${(error as Error).message}\n${this.#lastOutput()}`, { cause: error });
    }
  }

  /** Waits until the system is complete again, whoever started it. */
  async waitUntilComplete(timeoutMs: number): Promise<SystemState> {
    return waitFor('every part ready', () => requireComplete(this.state), { timeoutMs });
  }

  /** Kills a part with SIGKILL, with all its descendants, and returns its former pid. */
  kill(name: PartName): number {
    const killed = this.pid(name);
    for (const pid of processTree(killed)) process.kill(pid, 'SIGKILL');
    return killed;
  }

  /** Waits until a part runs as another process than `former` and every part is ready. */
  async waitForReplacement(name: PartName, former: number, timeoutMs = 120_000): Promise<void> {
    await waitFor(
      `another process for ${name}`,
      () => {
        if (this.pid(name) === former) throw new Error(`${name} is still process ${former}`);
        requireComplete(this.state);
      },
      { timeoutMs },
    );
  }

  /** Ends it like Ctrl-C, if it runs, and waits until it has ended. */
  async stop(): Promise<void> {
    if (!this.isUp) return;
    const { pid } = this.state;
    process.kill(pid, 'SIGTERM');
    await waitForEnd(pid, 'the supervisor', stopTimeoutMs);
  }

  #waitForCompleteness(pid: number, say?: (line: string) => void): Promise<SystemState> {
    return waitFor(
      'the embedded system to be complete',
      () => {
        if (!isRunning(pid)) throw new FinalError('the supervisor ended before the system was complete');
        const state = readSystemState(this.stateDir);
        if (state?.pid !== pid) throw new Error('the supervisor has not written its state yet');
        return requireComplete(state);
      },
      { timeoutMs: startTimeoutMs, progress: say },
    );
  }

  #lastOutput(): string {
    if (!existsSync(this.outputFile)) return '(nothing was printed)';
    return readFileSync(this.outputFile, 'utf8').split('\n').slice(-40).join('\n');
  }
}
