import { afterAll, beforeAll, describe } from 'vitest';
import { fetchControlPlane, whyNotBuildable } from '../src/cluster/build.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../src/cluster/control-plane.ts';

/** A fresh cluster that the tests of one file share. */
export interface ClusterStage {
  readonly plane: ControlPlane;
}

/** Tells people what a suite is waiting for. */
export const say = (line: string): void => console.log(`cluster: ${line}`);

/** Why the suites on a control plane cannot run here; undefined where they can. */
const whyNot = await whyNotBuildable();

/** Declares tests on a fresh cluster of their own, which they get by calling `stage` once they run. */
export function describeOnCluster(
  name: string,
  tests: (stage: () => ClusterStage) => void,
  options: () => Promise<ControlPlaneOptions> = async () => ({}),
): void {
  if (whyNot !== undefined) say(`SKIPPED ${name}: ${whyNot}`);
  describe.skipIf(whyNot !== undefined)(name, () => {
    let stage: ClusterStage | undefined;
    beforeAll(async () => {
      const tools = await fetchControlPlane(say);
      const started = Date.now();
      stage = { plane: await startControlPlane(tools, await options()) };
      say(`the control plane is up after ${Math.round((Date.now() - started) / 1000)} s`);
    });
    afterAll(() => stage?.plane.stop());
    tests(() => {
      if (stage === undefined) throw new Error('the cluster is asked for before it is up');
      return stage;
    });
  });
}
