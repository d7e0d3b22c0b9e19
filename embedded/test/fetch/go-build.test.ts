import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { describe, expect, test } from 'vitest';
import { buildProgress, goEntry, pinnedModule } from '../../src/fetch/go-build.ts';
import { neededGo } from '../../src/preflight/tools.ts';
import { isAtLeast } from '../../src/preflight/version.ts';
import { readVersions } from '../../src/versions.ts';

const versions = readVersions();

describe.each(['filebeat', 'prometheus'] as const)('the pinned module of %s', (program) => {
  const { goMod, modulePath } = pinnedModule(program);
  const text = readFileSync(goMod, 'utf8');

  test('requires the version of versions.json', () => {
    expect(text).toContain(`require ${modulePath} ${versions[program]}\n`);
    expect(readFileSync(goMod.replace(/go\.mod$/, 'go.sum'), 'utf8')).toContain(
      `${modulePath} ${versions[program]} h1:`,
    );
  });

  test('needs no newer Go than the preflight asks for', () => {
    expect(isAtLeast(neededGo, /^go (\S+)$/m.exec(text)?.[1]?.split('.').slice(0, 2).join('.') ?? '')).toBe(true);
  });

  test('is ours', () => {
    expect(text).toMatch(/^module tidb-cdc\//);
  });

  test('names its main packages in tools.go', () => {
    expect(readFileSync(repositoryFile('embedded', 'go', program, 'tools.go'), 'utf8')).toContain(`"${modulePath}`);
  });
});

test('programs of one module are entries of their own', () => {
  expect(goEntry('prometheus', versions).name).toMatch(new RegExp(`^prometheus-${versions.prometheus}-[0-9a-f]{12}$`));
  expect(goEntry('promtool', versions).name).toMatch(/^promtool-/);
});

test('progress of a build counts modules and packages', () => {
  const said: string[] = [];
  const onLine = buildProgress((text) => said.push(text));
  for (const line of [
    'go: downloading github.com/a/b v1.0.0',
    'internal/goarch',
    '# github.com/a/b',
    'github.com/a/b',
  ]) {
    onLine(line);
  }
  expect(said.at(0)).toBe('building from source');
  expect(said.at(-1)).toBe('building from source: 1 modules downloaded, 2 packages compiled');
});
