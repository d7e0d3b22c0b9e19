import { bundlePrograms } from '../../src/targets/kubernetes/bundles.ts';

/** The programs as `npm run synth` bundles them. */
export const bundles = await bundlePrograms();
