import type { ControlPlane } from './control-plane.ts';
import { jobNamed, runJob } from './job.ts';
import type { Manifests } from './manifests.ts';

/** The Jobs of dist/ that need only the apiserver. */
export const setupJobs = { secrets: 'create-secrets', customResources: 'bootstrap' } as const;

/** Applies manifests as the README says, and runs the Jobs that create the Secrets and the custom resources. */
export async function applyEverything(plane: ControlPlane, manifests: Manifests): Promise<void> {
  await plane.kubectl.run(['apply', '-f', manifests.folder]);
  for (const name of Object.values(setupJobs)) await runJob(plane, manifests, jobNamed(manifests, name));
}
