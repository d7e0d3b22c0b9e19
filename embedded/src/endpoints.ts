import { appUser, database } from '@tidb-cdc/charts/pipeline';
import type { Endpoints } from '@tidb-cdc/runtime/system-state';
import { host, type PartContext } from './parts/part.ts';

/** Where each part of a system answers. */
export function endpointsOf({ paths, ports, secrets }: Pick<PartContext, 'paths' | 'ports' | 'secrets'>): Endpoints {
  const url = (port: number) => `http://${host}:${port}`;
  return {
    sql: { host, port: ports.sql, rootUser: 'root', appUser, appPassword: secrets.appPassword, database },
    kafka: `${host}:${ports.kafka}`,
    elasticsearch: url(ports.elasticsearch),
    prometheus: url(ports.prometheus),
    consumer: url(ports.consumer),
    filebeat: url(ports.filebeat),
    console: url(ports.console),
    eventLog: paths.eventLog,
  };
}
