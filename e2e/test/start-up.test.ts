import { repository } from '@tidb-cdc/runtime/repository';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Packages that only `npm run synth` needs. Loading them takes longer than all else these programs do at start-up. */
const synthesis = /node_modules\/(cdk8s|constructs|@grafana)/;

test.each(['verify/src/main.ts', 'embedded/src/main.ts'])(
  '%s loads nothing of what renders manifests',
  async (file) => {
    const { metafile } = await build({
      absWorkingDir: repository,
      entryPoints: [file],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'silent',
      // The console bundles its page with esbuild.
      external: ['esbuild'],
    });
    const loaded = Object.keys(metafile.inputs);
    expect(loaded).toContain('charts-ts/src/pipeline.ts');
    expect(loaded.filter((path) => synthesis.test(path))).toEqual([]);
  },
);
