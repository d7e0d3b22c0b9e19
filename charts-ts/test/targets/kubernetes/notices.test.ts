import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { scratchDir } from '../../../../runtime/test/support/scratch.ts';
import { licencesOf, noticesFile, renderNotices } from '../../../src/targets/kubernetes/notices.ts';
import { renderKubernetes } from '../../../src/targets/kubernetes/render.ts';
import { bundles } from '../../support/bundles.ts';
import { kind, production } from '../../support/profiles.ts';

/** The notices for a program that imports the package `used`. A package without `file` has no licence file. */
async function noticesOf(packages: Record<string, { license?: string; file?: string }>, used: string): Promise<string> {
  const root = scratchDir();
  for (const [name, { license, file }] of Object.entries(packages)) {
    const folder = path.join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license, main: 'a.js' }));
    writeFileSync(path.join(folder, 'a.js'), `exports.x = ${JSON.stringify(name)};`);
    if (file !== undefined) writeFileSync(path.join(folder, file), `Copyright of ${name}  \r\n`);
  }
  writeFileSync(path.join(root, 'main.js'), `import { x } from ${JSON.stringify(used)}; console.log(x);`);
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: ['main.js'], outdir: 'out' },
    ...{ bundle: true, write: false, metafile: true },
  });
  return renderNotices([await licencesOf(root, [metafile])]);
}

describe('renderNotices', () => {
  const packages = {
    '@scope/used': { license: 'ISC', file: 'LICENCE.md' },
    unused: { license: 'MIT', file: 'LICENSE' },
    untold: { license: 'MIT' },
    unknown: { file: 'COPYING' },
  };

  test('has the licence of what is bundled, and of nothing else', async () => {
    const notices = await noticesOf(packages, '@scope/used');
    expect(notices).toContain('@scope/used 1.2.3 (ISC)\n\nCopyright of @scope/used\n');
    expect(notices).not.toContain('unused');
  });

  test('says where a package has no text of its licence', async () => {
    expect(await noticesOf(packages, 'untold')).toContain('untold 1.2.3 (MIT)\n\nThe package names this licence');
  });

  test('refuses a package without a licence', async () => {
    await expect(noticesOf(packages, 'unknown')).rejects.toThrow('unknown 1.2.3: is bundled and has no licence');
  });
});

describe('the notices of the manifests', () => {
  test.each(['kafkajs', 'mysql2', 'pino', 'prom-client', 'zod'])('have the licence of %s', (name) => {
    expect(renderKubernetes(kind, bundles).get(noticesFile)).toMatch(new RegExp(`^${name} \\S+ \\(\\S+\\)$`, 'm'));
  });

  test('have those of the console where the profile has one', () => {
    const withConsole = { ...kind, console: { ...kind.jsonExporter, write: false, hosts: [] } };
    expect(renderKubernetes(kind, bundles).get(noticesFile)).not.toContain('fastify');
    expect(renderKubernetes(withConsole, bundles).get(noticesFile)).toMatch(/^fastify .*^preact /ms);
  });

  test('are left out where the profile names images, since no code is in them', () => {
    expect(renderKubernetes(production, bundles).has(noticesFile)).toBe(false);
  });
});
