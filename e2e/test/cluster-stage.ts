import { afterAll, beforeAll, describe } from 'vitest';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../src/cluster/control-plane.ts';
import { fetchControlPlane, whyNoControlPlane } from '../src/cluster/tools.ts';

/** A fresh cluster that the tests of one file share. */
export interface ClusterStage {
  readonly plane: ControlPlane;
}

/** Tells people what a suite is waiting for. */
export const say = (line: string): void => console.log(`cluster: ${line}`);

export interface StageOptions {
  /** What the control plane gets that is known only once the suite runs. @default nothing */
  readonly settings?: () => Promise<ControlPlaneOptions>;
  /** Why this suite cannot run here, besides what holds for all of them. */
  readonly whyNot?: string | undefined;
}

/** Why no suite on a control plane can run here; undefined where they can. */
const notBuildable = await whyNoControlPlane();

/** Declares tests on a fresh cluster of their own, which they get by calling `stage` once they run. */
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
