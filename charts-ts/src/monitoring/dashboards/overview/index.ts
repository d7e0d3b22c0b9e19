import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { assemble } from '../assemble.ts';
import type { PanelSource } from '../common.ts';
import { overviewUid } from '../uids.ts';
import { variables } from '../variables.ts';
import { events } from './events.ts';
import { flow } from './flow.ts';
import { headline } from './headline.ts';
import { health } from './health.ts';
import { operations } from './operations.ts';

/** The dashboard that people look at: what changes, the changes themselves, and whether they flow. */
export function overviewDashboard(): Dashboard {
  const panels: readonly PanelSource[] = [...headline(), ...operations(), ...events(), ...flow(), ...health()];
  return assemble({
    uid: overviewUid,
    title: 'CDC overview',
    description: 'Every change of the database: counted, searchable, and how long it takes.',
    refresh: '5s',
    variables: variables(),
    sections: [{ panels }],
  });
}
