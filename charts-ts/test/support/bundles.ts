import { bundlePrograms } from '../../src/kubernetes/bundles.ts';

/** The programs as `npm run synth` bundles them. */
export const bundles = await bundlePrograms();
