import type { PortName } from '@tidb-cdc/charts/pipeline';
import type { Report } from '../fetch/cache.ts';
import type { StatePaths } from '../paths.ts';
import type { FetchTool } from '../preflight/tools.ts';
import type { Isolation } from '../processes/isolation.ts';
import type { PartDefinition } from '../processes/supervised-part.ts';
import type { Secrets } from '../state-dir.ts';
import type { EmbeddedVersions } from '../versions.ts';

/** The only address that anything listens on. */
export const host = '127.0.0.1';

/** What every part is created from. */
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

/** A part that runs as its own process. */
export interface Part extends PartDefinition {
  /** The tool that `fetch` needs; undefined when nothing has to be fetched. */
  readonly fetchTool: FetchTool | undefined;
  /** Downloads or builds the part's programs if they are missing. */
  fetch(report: Report, signal: AbortSignal): Promise<void>;
}
