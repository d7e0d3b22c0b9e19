import { defined } from '@tidb-cdc/runtime/defined';
import { createLogger } from '@tidb-cdc/runtime/log';
import { deadLetterTopic, eventsTopic } from '@tidb-cdc/runtime/names';
import type { PartStatus, SystemState } from '@tidb-cdc/runtime/system-state';
import type { PartView } from './contract.ts';
import { clientId, DeadLetters } from './dead-letters.ts';
import type { System } from './system.ts';

/**
 * The embedded system, whose supervisor knows the state of each part.
 * @param state returns the current state; called at each request
 */
export function supervisedSystem(state: () => SystemState): System {
  const { endpoints } = state();
  const { host, port, rootUser, appUser, appPassword, database } = endpoints.sql;
  return {
    parts: async () => state().parts.map((part) => view(part, endpoints)),
    consumer: { url: endpoints.consumer },
    elasticsearch: { url: endpoints.elasticsearch },
    prometheus: { url: endpoints.prometheus },
    deadLetters: new DeadLetters({
      // No log needed: the page's answers report errors.
      kafka: { brokers: [endpoints.kafka], clientId, log: createLogger({ level: 'silent', dataset: 'cdc.console' }) },
      topics: [eventsTopic],
      deadLetterTopic,
    }),
    canReplay: true,
    sql: {
      ...{ host, port, appUser, appPassword, database },
      rootClient: `mysql -h ${host} -P ${port} -u ${rootUser} ${database}`,
    },
  };
}

function view(part: PartStatus, endpoints: SystemState['endpoints']): PartView {
  const { name, state, detail, restarts, logFile } = part;
  return { name, state, detail, restarts, logFile, ...defined({ address: addressOf(name, endpoints) }) };
}

function addressOf(name: PartStatus['name'], endpoints: SystemState['endpoints']): string | undefined {
  switch (name) {
    case 'mariadb':
      return `${endpoints.sql.host}:${endpoints.sql.port}`;
    case 'canal':
      return undefined;
    case 'kafka':
      return endpoints.kafka;
    default:
      return endpoints[name].replace(/^https?:\/\//, '');
  }
}
