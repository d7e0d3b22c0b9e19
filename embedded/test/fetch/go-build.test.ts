import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { buildProgress, goEntry, requiredVersion } from '../../src/fetch/go-build.ts';
import { goPrograms } from '../../src/parts/go-program.ts';
import { neededGo } from '../../src/preflight/tools.ts';
import { isAtLeast } from '../../src/preflight/version.ts';
import { readVersions } from '../../src/versions.ts';

const versions = readVersions();

describe.each(['filebeat', 'prometheus'] as const)('the pinned module of %s', (program) => {
  const { moduleDir, module } = goPrograms[program];
  const read = (name: string) => readFileSync(join(moduleDir, name), 'utf8');
  const text = read('go.mod');

  test('requires the version of versions.json', () => {
    expect(requiredVersion(moduleDir, module)).toBe(versions[program]);
    expect(read('go.sum')).toContain(`${module} ${versions[program]} h1:`);
  });

  test('needs no newer Go than the preflight asks for', () => {
    expect(isAtLeast(neededGo, /^go (\S+)$/m.exec(text)?.[1]?.split('.').slice(0, 2).join('.') ?? '')).toBe(true);
  });

  test('is ours', () => {
    expect(text).toMatch(/^module tidb-cdc\//);
  });

  test('is imported, so that `go mod tidy` keeps it', () => {
    expect(read(program === 'filebeat' ? 'main.go' : 'tools.go')).toContain(`"${module}`);
  });

  test('has its overlay’s files', () => {
    const { Replace: replaced } = JSON.parse(read('overlay.json')) as { Replace: Record<string, string> };
    for (const [file, ours] of Object.entries(replaced)) {
      expect(file).toMatch(/^upstream\//);
      if (ours !== '') expect(existsSync(join(moduleDir, ours)), ours).toBe(true);
    }
  });

  test('names its cache entry with its version', () => {
    expect(goEntry(goPrograms[program]).name).toMatch(new RegExp(`^${program}-${versions[program]}-[0-9a-f]{12}$`));
  });
});

test('whatever changes in the folder of a program is another cache entry', () => {
  const moduleDir = scratchDir();
  const nameWith = (file: string, text: string) => {
    mkdirSync(dirname(join(moduleDir, file)), { recursive: true });
    writeFileSync(join(moduleDir, file), text);
    return goEntry({ name: 'p', moduleDir, module: 'example.com/m', package: '.' }).name;
  };
  const names = [
    nameWith('go.mod', 'module p\nrequire example.com/m v1.2.3\n'),
    nameWith('main.go', 'package main'),
    nameWith('cut/one.go', 'package one'),
    nameWith('cut/one.go', 'package one // changed'),
  ];
  expect(new Set(names).size).toBe(names.length);
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
