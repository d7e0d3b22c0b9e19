import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dataSourceUids } from '../grafana.ts';
import { inNamespace } from '../namespace-selector.ts';

export interface SharedOptions {
  /** The namespace whose series are shown, if others use the same Prometheus. @default all series are ours */
  readonly namespace?: string | undefined;
  /** Uids of the data sources, if others use the same Grafana. */
  readonly uids: Readonly<Record<keyof typeof dataSourceUids, string>>;
}

/** Adapts a dashboard for a Prometheus or Grafana that others use too. */
export function sharedDashboard(dashboard: Dashboard, { namespace, uids }: SharedOptions): Dashboard {
  const renamed = new Map(Object.entries(dataSourceUids).map(([type, uid]) => [uid, uids[type as keyof typeof uids]]));
  const revive = (key: string, value: unknown): unknown => {
    if (key === 'datasource') return withUid(value, renamed);
    if (namespace === undefined || typeof value !== 'string') return value;
    const isPromQl = key === 'expr' || value.startsWith('label_values(');
    return isPromQl ? inNamespace(value, namespace) : value;
  };
  return JSON.parse(JSON.stringify(dashboard), revive) as Dashboard;
}

function withUid(source: unknown, renamed: ReadonlyMap<string, string>): unknown {
  const { uid } = source as { readonly uid?: string };
  return { ...(source as object), uid: renamed.get(uid ?? '') ?? uid };
}
