import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { assembleDashboard } from '../assemble.ts';
import type { PanelSource } from '../common.ts';
import { overviewUid } from '../uids.ts';
import { overviewVariables } from '../variables.ts';
import { eventPanels } from './events.ts';
import { flowPanels } from './flow.ts';
import { headlinePanels } from './headline.ts';
import { healthPanels } from './health.ts';
import { operationPanels } from './operations.ts';

/**
 * The main dashboard: what changes, the changes themselves, and whether they flow.
 * @param hasTicdc whether TiCDC is scraped @default true
 */
export function overviewDashboard(hasTicdc = true): Dashboard {
  const panels: readonly PanelSource[] = [
    ...headlinePanels(hasTicdc),
    ...operationPanels(),
    ...eventPanels(),
    ...flowPanels(hasTicdc),
    ...healthPanels(),
  ];
  return assembleDashboard({
    uid: overviewUid,
    title: 'CDC overview',
    description: 'Every change of the database: counted, searchable, and how long it takes.',
    refresh: '5s',
    variables: overviewVariables(),
    sections: [{ panels }],
  });
}
