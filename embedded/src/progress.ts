import type { Writable } from 'node:stream';
import type { PartStatus } from '@tidb-cdc/runtime/system-state';

/** Shows progress during the start and afterwards. */
export interface Progress {
  /** A part changed. */
  part(status: PartStatus): void;
  /** Prints other text for the user, one line or several. */
  say(text: string): void;
  /** Stops redrawing; later changes are printed as plain lines. */
  settle(): void;
}

const tickMs = 1_000;
/** Without a terminal, a state that lasts long is reported this often. */
const remindMs = 15_000;

/** On a terminal, redraws one line per part. Elsewhere, only adds lines. */
export function createProgress(out: Writable & { isTTY?: boolean; columns?: number }): Progress {
  // The terminal can disappear before the system ends: `npm start | head`, a closed window.
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
  return out.isTTY ? new TerminalProgress(out) : new LineProgress(out);
}

/** One line for a part: name, state, detail, and how long it has been in that state. */
export function describePart({ name, state, detail, since }: PartStatus, now = Date.now()): string {
  const seconds = Math.round((now - Date.parse(since)) / 1000);
  const duration = state === 'ready' || state === 'stopped' || seconds < 1 ? '' : ` (${formatSeconds(seconds)})`;
  return `${name.padEnd(14)} ${state.padEnd(10)} ${detail}${duration}`.trimEnd();
}

function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

class LineProgress implements Progress {
  readonly #out: Writable;
  readonly #shown = new Map<string, { state: string; at: number }>();

  constructor(out: Writable) {
    this.#out = out;
  }

  part(status: PartStatus): void {
    const shown = this.#shown.get(status.name);
    const now = Date.now();
    const isNews = shown?.state !== status.state && !(shown === undefined && status.state === 'waiting');
    if (!isNews && (shown === undefined || now - shown.at < remindMs)) return;
    this.#shown.set(status.name, { state: status.state, at: now });
    this.say(describePart(status, now));
  }

  say(text: string): void {
    this.#out.write(`${text}\n`);
  }

  settle(): void {}
}

class TerminalProgress implements Progress {
  readonly #out: Writable & { columns?: number };
  readonly #parts = new Map<string, PartStatus>();
  readonly #lines: LineProgress;
  readonly #ticker: NodeJS.Timeout;
  #drawn = 0;
  #settled = false;

  constructor(out: Writable & { columns?: number }) {
    this.#out = out;
    this.#lines = new LineProgress(out);
    this.#ticker = setInterval(() => this.#redraw(), tickMs).unref();
  }

  part(status: PartStatus): void {
    this.#parts.set(status.name, { ...status });
    if (this.#settled) this.#lines.part(status);
    else this.#redraw();
  }

  say(text: string): void {
    this.#erase();
    this.#lines.say(text);
    this.#redraw();
  }

  settle(): void {
    clearInterval(this.#ticker);
    this.#settled = true;
    this.#drawn = 0;
  }

  #redraw(): void {
    if (this.#settled) return;
    this.#erase();
    // A wrapped line would take two rows, and each redraw would move the display.
    const width = (this.#out.columns ?? 80) - 1;
    const lines = [...this.#parts.values()].map((status) => describePart(status).slice(0, width));
    this.#out.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }
}
