import {
  type Endpoints,
  type PartName,
  type PartStatus,
  partNames,
  type SystemState,
  writeSystemState,
} from '@tidb-cdc/runtime/system-state';

/** Parts that the system can be ready without: building them can take minutes at the first start on a machine. */
const notNeededForReady: ReadonlySet<PartName> = new Set(['filebeat', 'prometheus']);

export interface StatusBoardOptions {
  readonly stateDir: string;
  readonly endpoints: Endpoints;
  readonly logFile: (name: PartName) => string;
  /** Called after each change, with the part if it was a part that changed. */
  readonly onChange: (changed?: PartStatus) => void;
}

/** Holds the state of every part and writes each change to the state file. */
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

  /** The whole state, as written to the state file. */
  get state(): SystemState {
    const parts = partNames.map((name) => this.part(name));
    const isReady = ({ state }: PartStatus) => state === 'ready';
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      ready: this.#seeded && parts.filter(({ name }) => !notNeededForReady.has(name)).every(isReady),
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

  /** Records a change of a part. Without a pid the part currently has no process of its own. */
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

  /** Records that the first rows are in the database. Before that, the system is not ready. */
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
