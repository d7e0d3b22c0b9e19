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

/** Where the counts are kept beside the event log `/dir/events.ndjson`: `/dir/events.counts.json`. */
export function counterStatePath(eventLog: string): string {
  const { dir, name } = path.parse(eventLog);
  return path.join(dir, `${name}.counts.json`);
}

/** The changes in a file may take so many bytes, and three times what the whole state takes, before it is replaced. */
const leastChanges = 1024 * 1024;

/**
 * Keeps the counter state in a file: one line with all of it, then one for each change. When the changes have become
 * many, another file takes its place; this one is kept as `….previous.json`, since it leads to the same state as the first
 * line of the new one. Lines are durable when they are reported as written.
 */
export class CounterStore {
  readonly #path: string;
  readonly #previousPath: string;
  readonly #log: Logger;
  /** Undefined before the first write, and after one that failed: then the file is replaced. */
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
   * The stored state; undefined where there is no file yet. What a damaged file lacks is taken from the previous one.
   * @throws Error where that cannot be read either: counting from zero unasked would be a wrong number
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

  /** Stores a state as a whole, in a new file. Where it rejects, what was stored before is what is read. */
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
   * @param changed the whole state with the change in it, asked for where the file is replaced
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
      // A part of the line may be there, or may not have reached the disk.
      await this.close();
      throw error;
    }
    this.#changeBytes += Buffer.byteLength(line);
  }

  /** Ends with the file as it is; a later write begins a new one. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The state after the lines. One without its end is from a write that was never reported. */
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

/** The lines of a file, at least one, each as a state or what is wrong with it; undefined where there is no file. */
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
