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

/** Panels, with or without a heading. */
export interface DashboardSection {
  readonly title?: string;
  readonly panels: readonly PanelSource[];
}

export interface DashboardParts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How often the panels refresh, such as `5s`. */
  readonly refresh: string;
  readonly variables?: readonly Builder<VariableModel>[];
  readonly sections: readonly DashboardSection[];
}

const tag = 'tidb-cdc';

/** Builds a dashboard from its sections, as Grafana reads it. Panels are numbered in order, so links to them last. */
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

/** Names by which Grafana tells the queries of a panel apart. */
const refIds = 'ABCDEFGH';
