import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelSource } from './common.ts';

/** Panels under a heading, or under none. */
export interface DashboardSection {
  readonly title?: string;
  readonly panels: readonly PanelSource[];
}

export interface DashboardParts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How often the panels ask again, such as `5s`. */
  readonly refresh: string;
  readonly variables?: readonly Builder<VariableModel>[];
  readonly sections: readonly DashboardSection[];
}

const tag = 'tidb-cdc';

/** A dashboard of its sections, as Grafana reads it. Panels are numbered in their order, so that links to one keep. */
export function assembleDashboard({
  uid,
  title,
  description,
  refresh,
  variables = [],
  sections,
}: DashboardParts): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh(refresh)
    .time({ from: 'now-1h', to: 'now' })
    .variables([...variables])
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(false)
        .keepTime(true),
    );
  for (const { title: heading, panels } of sections) {
    if (heading !== undefined) builder.withRow(new RowBuilder(heading));
    for (const panel of panels) builder.withPanel(panel);
  }
  const dashboard = builder.build();
  return { ...dashboard, panels: dashboard.panels?.map(numbered) ?? [] };
}

type AnyPanel = NonNullable<Dashboard['panels']>[number];

function numbered(panel: AnyPanel, index: number): AnyPanel {
  const id = index + 1;
  if (!('targets' in panel) || panel.targets === undefined) return { ...panel, id };
  const targets = panel.targets.map((target, position) => ({ refId: refIds[position], ...target }));
  return { ...panel, id, targets };
}

/** Names of a panel's queries, by which Grafana keeps their answers apart. */
const refIds = 'ABCDEFGH';
