import { App, type Chart } from 'cdk8s';
import { fileName, renderCustomResource } from '../../kit/kubernetes/custom-resource.ts';
import { checkObjectSizes } from '../../kit/kubernetes/object-size.ts';
import { renderYaml } from '../../kit/yaml.ts';
import { CrdsChart } from '../../operators/crds.ts';
import type { Profile } from '../../profile/fields.ts';
import { neededOperators } from '../../profile/operators.ts';
import { BootstrapChart } from './bootstrap.ts';
import type { Bundles } from './bundles.ts';
import { ChangefeedChart, hasChangefeedJob } from './changefeed.ts';
import { CustomResourcesChart, customKinds, customResources } from './custom-resources.ts';
import { NamespaceChart } from './namespace.ts';
import { noticesFile, renderNotices } from './notices.ts';
import { OperatorsChart } from './operators.ts';
import { PlatformChart } from './platform.ts';

/** Generated files: path under `dist/` → content. */
export type KubernetesFiles = ReadonlyMap<string, string>;

/**
 * Renders the manifests of a profile: one file per chart, numbered so that `kubectl apply -f` applies dependencies
 * first. Custom resources that a Job applies are also written one by one under `crs/`, for readers. If the manifests
 * contain code, its licences are written beside them.
 *
 * @throws Error if a resource breaks a rule, or an object is too large for a client-side apply
 */
export function renderKubernetes(profile: Profile, bundles: Bundles): KubernetesFiles {
  const charts = kubernetesCharts(profile, bundles);
  const files = charts.map((chart, index): [string, string] => {
    const objects = chart.toJson();
    checkObjectSizes(objects);
    return [`${String(index).padStart(4, '0')}-${chart.node.id}.yaml`, renderDocuments(objects)];
  });
  const hidden = profile.operators === 'install' ? customResources(profile) : [];
  const readable = hidden.map((resource): [string, string] => {
    return [`crs/${fileName(resource)}`, renderCustomResource(resource)];
  });
  return new Map([...files, ...readable, ...notices(profile, bundles)]);
}

function notices({ programs, console: page }: Profile, { licences }: Bundles): readonly (readonly [string, string])[] {
  if (programs !== 'bundle') return [];
  const carried = [licences.consumer, licences.jobs, ...(page === undefined ? [] : [licences.console])];
  return [[noticesFile, renderNotices(carried)]];
}

/** The charts of a profile, in the order of their dependencies. */
export function kubernetesCharts(profile: Profile, bundles: Bundles): readonly Chart[] {
  const app = new App();
  const { operators } = profile;
  const needed = neededOperators(profile);
  const charts: Chart[] = [];
  if (operators === 'install') charts.push(new CrdsChart(app, 'crds', needed, customKinds));
  charts.push(new NamespaceChart(app, 'namespace', profile));
  if (operators === 'install') charts.push(new OperatorsChart(app, 'operators', profile, needed));
  const platform = new PlatformChart(app, 'platform', profile, bundles);
  charts.push(
    platform,
    // If the CRDs exist already, custom resources are applied like all other objects.
    operators === 'install'
      ? new BootstrapChart(app, 'bootstrap', profile, customKinds, customResources(profile))
      : new CustomResourcesChart(app, 'resources', customResources(profile)),
    ...(hasChangefeedJob(profile) ? [new ChangefeedChart(app, 'changefeed', profile, platform.jobsCode)] : []),
  );
  for (const [index, chart] of charts.entries()) {
    const before = charts[index - 1];
    if (before !== undefined) chart.addDependency(before);
  }
  return app.charts;
}

function renderDocuments(objects: readonly unknown[]): string {
  return objects.map(renderYaml).join('---\n');
}
