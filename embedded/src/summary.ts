import type { Endpoints, partNames, SystemState } from '@tidb-cdc/runtime/system-state';
import { textTable } from '@tidb-cdc/runtime/text-table';

/** What the user needs once the system runs: addresses, logs, and what to type next. */
export function summarize(state: SystemState, options: { stateDir: string; defaultStateDir: boolean }): string {
  const { sql } = state.endpoints;
  const rows = state.parts.map(({ name, logFile }) => [name, addressOf(name, state.endpoints), logFile]);
  const verify = `npm run verify -- --target embedded${options.defaultStateDir ? '' : ` --state-dir ${options.stateDir}`}`;
  return [
    '',
    ...textTable([['part', 'address', 'log'], ...rows]),
    '',
    `Console        ${state.endpoints.console}`,
    `Run SQL        mysql -h ${sql.host} -P ${sql.port} -u ${sql.rootUser} ${sql.database}   (no password; or in the console)`,
    `Watch events   tail -F ${state.endpoints.eventLog}`,
    `Verify it      ${verify}   (in another terminal)`,
    'Stop           Ctrl-C here; the data is kept for the next start',
    '',
  ].join('\n');
}

function addressOf(name: (typeof partNames)[number], endpoints: Endpoints): string {
  switch (name) {
    case 'mariadb':
      return `${endpoints.sql.host}:${endpoints.sql.port}`;
    case 'canal':
      return '';
    case 'consumer':
      return `${endpoints.consumer}/metrics`;
    default:
      return endpoints[name];
  }
}
