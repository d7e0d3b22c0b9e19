import { ports } from '@tidb-cdc/charts/pipeline';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import { readSystemState, type SystemState, systemStateFile } from '@tidb-cdc/runtime/system-state';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { requireComplete } from '../require-complete.ts';
import type { SystemAccess, Target } from '../target.ts';

export interface EmbeddedTargetOptions {
  readonly stateDir: string;
  /** The offset that the system must have been started with. @default any */
  readonly portOffset?: number;
  /** How long parts may take to start: the first start on a machine builds two of them. */
  readonly startTimeoutMs: number;
}

/** The system that `npm start` runs on this machine, found through its state file. */
export function embeddedTarget(options: EmbeddedTargetOptions): Target {
  return {
    async open(progress) {
      const { endpoints } = await waitFor('the whole embedded system', () => findSystem(options), {
        timeoutMs: options.startTimeoutMs,
        intervalMs: 500,
        progress,
      });
      const { host, port, appUser, appPassword, database } = endpoints.sql;
      const access: SystemAccess = {
        sql: { host, port, user: appUser, password: appPassword, database },
        consumer: endpoints.consumer,
        elasticsearch: endpoints.elasticsearch,
        prometheus: endpoints.prometheus,
      };
      return access;
    },
  };
}

function findSystem({ stateDir, portOffset }: EmbeddedTargetOptions): SystemState {
  const state = readSystemState(stateDir);
  if (state === undefined || !isRunning(state.pid)) {
    throw new FinalError(`${systemStateFile(stateDir)} describes no running system: start one with 'npm start'`);
  }
  const offset = state.endpoints.sql.port - ports.sql;
  if (portOffset !== undefined && offset !== portOffset) {
    throw new FinalError(
      `the system in ${stateDir} has port offset ${offset}, not ${portOffset} as '--port-offset' says`,
    );
  }
  return requireComplete(state);
}
