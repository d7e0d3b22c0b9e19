import { afterAll, beforeAll, describe } from 'vitest';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../src/cluster/control-plane.ts';
import { fetchControlPlane, whyNoControlPlane } from '../src/cluster/tools.ts';

/** A fresh cluster that the tests of one file share. */
export interface ClusterStage {
  readonly plane: ControlPlane;
}

/** Prints what a suite is waiting for. */
export const say = (line: string): void => console.log(`cluster: ${line}`);

export interface StageOptions {
  /** Settings of the control plane that are known only once the suite runs. @default none */
  readonly settings?: () => Promise<ControlPlaneOptions>;
  /** Why this suite cannot run here, in addition to the reasons that apply to all suites. */
  readonly whyNot?: string | undefined;
}

/** Why suites on a control plane cannot run here; undefined if they can. */
const notBuildable = await whyNoControlPlane();

/** Declares tests on their own fresh cluster, which they get by calling `stage` once they run. */
export function describeOnCluster(
  name: string,
  tests: (stage: () => ClusterStage) => void,
  { settings = async () => ({}), whyNot = notBuildable }: StageOptions = {},
): void {
  if (whyNot !== undefined) say(`SKIPPED ${name}: ${whyNot}`);
  describe.skipIf(whyNot !== undefined)(name, () => {
    let stage: ClusterStage | undefined;
    beforeAll(async () => {
      const tools = await fetchControlPlane(say);
      const started = Date.now();
      stage = { plane: await startControlPlane(tools, await settings()) };
      say(`the control plane is up after ${Math.round((Date.now() - started) / 1000)} s`);
    });
    afterAll(() => stage?.plane.stop());
    tests(() => {
      if (stage === undefined) throw new Error('the cluster is asked for before it is up');
      return stage;
    });
  });
}
