import {
  type Endpoints,
  type PartName,
  type PartStatus,
  partNames,
  type SystemState,
  writeSystemState,
} from '@tidb-cdc/runtime/system-state';

/** Parts that may join later: they can take minutes to build at the first start on a machine. */
const latecomers: ReadonlySet<PartName> = new Set(['filebeat', 'prometheus']);

export interface StatusBoardOptions {
  readonly stateDir: string;
  readonly endpoints: Endpoints;
  readonly logFile: (name: PartName) => string;
  /** Told after each change, with the part where it was one's. */
  readonly onChange: (changed?: PartStatus) => void;
}

/** Where the state of every part stands; each change is written to the state file. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  readonly #startedAt = new Date().toISOString();
  readonly #parts: ReadonlyMap<PartName, PartStatus>;
  #seeded = false;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
    this.#parts = new Map(partNames.map((name) => [name, waitingPart(name, options.logFile(name))]));
    this.#write();
  }

  /** The whole state, as the state file has it. */
  get state(): SystemState {
    const parts = partNames.map((name) => this.part(name));
    const isReady = ({ state }: PartStatus) => state === 'ready';
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      ready: this.#seeded && parts.filter(({ name }) => !latecomers.has(name)).every(isReady),
      complete: this.#seeded && parts.every(isReady),
      endpoints: this.#options.endpoints,
      parts,
    };
  }

  part(name: PartName): PartStatus {
    const status = this.#parts.get(name);
    if (status === undefined) throw new Error(`there is no part ${name}`);
    return status;
  }

  /** Notes a change of a part. Without a pid the part has no process of its own at this moment. */
  set(
    name: PartName,
    change: { state: PartStatus['state']; detail?: string; pid?: number; restarted?: boolean },
  ): void {
    const status = this.part(name);
    const { state, detail = '', pid, restarted = false } = change;
    if (state !== status.state) status.since = new Date().toISOString();
    status.state = state;
    status.detail = detail;
    if (restarted) status.restarts += 1;
    if (pid === undefined) delete status.pid;
    else status.pid = pid;
    this.#write();
    this.#options.onChange(status);
  }

  /** Says that the first rows are in place: before that nothing is ready. */
  markSeeded(): void {
    this.#seeded = true;
    this.#write();
    this.#options.onChange();
  }

  #write(): void {
    writeSystemState(this.#options.stateDir, this.state);
  }
}

function waitingPart(name: PartName, logFile: string): PartStatus {
  return { name, state: 'waiting', detail: '', since: new Date().toISOString(), restarts: 0, logFile };
}
