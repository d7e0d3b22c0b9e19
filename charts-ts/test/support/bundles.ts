import { bundlePrograms } from '../../src/targets/kubernetes/bundles.ts';

/** The programs, bundled as by `npm run synth`. */
export const bundles = await bundlePrograms();
