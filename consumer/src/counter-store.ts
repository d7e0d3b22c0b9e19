import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@tidb-cdc/runtime/log';
import {
  applyChange,
  type CounterState,
  type CounterStateBuilder,
  emptyState,
  parseState,
  renderState,
} from './counter-state.ts';
import { syncFolder } from './event-log/segments.ts';

/** Returns the path of the counts beside the event log: `/dir/events.counts.json` for `/dir/events.ndjson`. */
export function counterStatePath(eventLog: string): string {
  const { dir, name } = path.parse(eventLog);
  return path.join(dir, `${name}.counts.json`);
}

/** A file is replaced when its changes take more bytes than this and more than three times the whole state. */
const leastChanges = 1024 * 1024;

/**
 * Keeps the counter state in a file: one line with the whole state, then one per change. When there are many changes, a
 * new file replaces it. The old file is kept as `….previous.json`, because it leads to the same state as the first line
 * of the new one. A line is durable once its write has resolved.
 */
export class CounterStore {
  readonly #path: string;
  readonly #previousPath: string;
  readonly #log: Logger;
  /** Undefined before the first write and after a failed one: the next write then replaces the file. */
  #file: FileHandle | undefined;
  #wholeBytes = 0;
  #changeBytes = 0;
  #isDamaged = false;

  constructor(file: string, log: Logger) {
    this.#path = file;
    this.#previousPath = file.replace(/\.json$/, '.previous.json');
    this.#log = log;
  }

  /**
   * Reads the stored state; undefined when there is no file yet. What a damaged file lacks is taken from the previous
   * one.
   * @throws Error when that one cannot be read either: silently counting from zero would give wrong numbers
   */
  async read(): Promise<CounterStateBuilder | undefined> {
    const current = await readLines(this.#path);
    const previous = await readLines(this.#previousPath);
    if (current === undefined && previous === undefined) return undefined;
    const damage = current === undefined ? new Error('it is missing') : current[0];
    if (!(damage instanceof Error)) return this.#joined(current ?? []);
    if (previous === undefined || previous[0] instanceof Error) {
      throw new Error(
        `the counter state ${this.#path} is damaged: restore it from a copy, or remove it to count from zero ` +
          `(events that Kafka then delivers again count as new): ${damage.message}`,
      );
    }
    this.#log.warn(
      { file: this.#path, reason: damage.message, previous: this.#previousPath },
      'the counter state is damaged: repaired from the one before',
    );
    this.#isDamaged = true;
    return this.#joined([...previous, ...(current?.slice(1) ?? [])]);
  }

  /** Stores a whole state in a new file. If this rejects, the state stored before is still the one that is read. */
  async replace(state: CounterState): Promise<void> {
    await this.close();
    const text = `${renderState(state)}\n`;
    const next = `${this.#path}.next`;
    const file = await open(next, 'w', 0o640);
    try {
      await file.writeFile(text);
      await file.datasync();
      if (!this.#isDamaged) await renameIfThere(this.#path, this.#previousPath);
      await rename(next, this.#path);
      await syncFolder(path.dirname(this.#path));
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#isDamaged = false;
    this.#file = file;
    this.#wholeBytes = Buffer.byteLength(text);
    this.#changeBytes = 0;
  }

  /**
   * Stores a change of a state.
   * @param changed returns the whole state including the change; called when the file is replaced
   */
  async append(change: CounterState, changed: () => CounterState): Promise<void> {
    if (this.#file === undefined || this.#changeBytes > Math.max(leastChanges, 3 * this.#wholeBytes)) {
      await this.replace(changed());
      return;
    }
    const line = `${renderState(change)}\n`;
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
    } catch (error) {
      // Part of the line may be in the file, or may not have reached the disk.
      await this.close();
      throw error;
    }
    this.#changeBytes += Buffer.byteLength(line);
  }

  /** Closes the file. A later write begins a new one. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Returns the state after the lines. A line without its end comes from a write that never resolved. */
  #joined(lines: readonly (CounterState | Error)[]): CounterStateBuilder {
    const state = emptyState();
    for (const line of lines) {
      if (!(line instanceof Error)) applyChange(state, line);
      else
        this.#log.warn({ file: this.#path, reason: line.message }, 'a line of the counter state is damaged: left out');
    }
    return state;
  }
}

/** Reads the lines of a file, at least one, each as a state or as its error; undefined when there is no file. */
async function readLines(file: string): Promise<(CounterState | Error)[] | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`the counter state ${file} cannot be read`, { cause });
  }
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      try {
        return parseState(line);
      } catch (error) {
        return error as Error;
      }
    });
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
