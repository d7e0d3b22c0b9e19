import type { PortName } from '@tidb-cdc/charts/pipeline';
import type { Report } from '../fetch/cache.ts';
import type { StatePaths } from '../paths.ts';
import type { FetchTool } from '../preflight/tools.ts';
import type { Isolation } from '../processes/isolation.ts';
import type { PartDefinition } from '../processes/supervised-part.ts';
import type { Secrets } from '../state-dir.ts';
import type { EmbeddedVersions } from '../versions.ts';

/** Everything listens here and nowhere else. */
export const host = '127.0.0.1';

/** What the parts are made from. */
export interface PartContext {
  readonly paths: StatePaths;
  readonly ports: Readonly<Record<PortName, number>>;
  readonly secrets: Secrets;
  readonly versions: EmbeddedVersions;
  readonly cacheDir: string;
  /** Folder of the JDK. */
  readonly javaHome: string;
  readonly isolation: Isolation;
}

/** A part that runs as a process of its own. */
export interface Part extends PartDefinition {
  /** What `fetch` needs; undefined where everything is there. */
  readonly fetchTool: FetchTool | undefined;
  /** Gets what it runs from, if that is not there. */
  fetch(report: Report, signal: AbortSignal): Promise<void>;
}
