import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of the system, in the order in which the data flows. */
export const partNames = [
  'mariadb',
  'canal',
  'kafka',
  'consumer',
  'elasticsearch',
  'filebeat',
  'prometheus',
  'console',
] as const;

export type PartName = (typeof partNames)[number];

export type PartState = 'waiting' | 'fetching' | 'starting' | 'ready' | 'restarting' | 'failed' | 'stopped';

export interface PartStatus {
  name: PartName;
  state: PartState;
  /** For people: what the part is doing or waiting for. May be empty. */
  detail: string;
  /** When this state began, ISO 8601. */
  since: string;
  /** Process id of the running process; absent for the console, which runs inside the supervisor. */
  pid?: number;
  /** How often the supervisor restarted the part after it died. */
  restarts: number;
  /** Absolute path of the part's log. */
  logFile: string;
}

/** Addresses of the parts, all on loopback. */
export interface Endpoints {
  sql: { host: string; port: number; rootUser: 'root'; appUser: string; appPassword: string; database: string };
  /** host:port */
  kafka: string;
  /** Base URLs without a slash at the end. */
  elasticsearch: string;
  prometheus: string;
  consumer: string;
  filebeat: string;
  console: string;
  /** Absolute path that the consumer writes events to (EVENT_LOG). */
  eventLog: string;
}

/** Contents of `<state folder>/system.json`, where programs outside the supervisor find the system. */
export interface SystemState {
  /** The supervisor's process id. */
  pid: number;
  startedAt: string;
  /** Changes reach the event log and the page answers; Filebeat and Prometheus may still be starting. */
  ready: boolean;
  /** Every part is ready. */
  complete: boolean;
  endpoints: Endpoints;
  parts: PartStatus[];
}

/** Path of the state file in a state folder. */
export function systemStateFile(stateDir: string): string {
  return join(stateDir, 'system.json');
}

/** Replaces the state file atomically: a reader sees the old state or the new one, never part of it. */
export function writeSystemState(stateDir: string, state: SystemState): void {
  const file = systemStateFile(stateDir);
  const next = `${file}.next`;
  // The file contains the application's password, so only its owner may read it.
  writeFileSync(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}

/**
 * Reads the state of the system that runs, or last ran, in a state folder; undefined when none ever did.
 * The supervisor may have been killed since: to be sure, ask an endpoint or check `pid`.
 */
export function readSystemState(stateDir: string): SystemState | undefined {
  try {
    return JSON.parse(readFileSync(systemStateFile(stateDir), 'utf8')) as SystemState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
