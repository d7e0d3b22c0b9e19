import { splitImage } from '@tidb-cdc/charts/kit/versions';
import { goEntry, requiredVersion } from '@tidb-cdc/embedded/fetch/go-build';
import { expect, test } from 'vitest';
import versions from '../../versions.json' with { type: 'json' };
import { goPrograms } from '../src/go-programs.ts';

test('each program has a cache entry of its own, named with its version', () => {
  const names = Object.values(goPrograms).map((program) => {
    const { name } = goEntry(program);
    const version = requiredVersion(program.moduleDir, program.module);
    expect(name).toMatch(new RegExp(`^${program.name}-${version}-[0-9a-f]{12}$`));
    return name;
  });
  expect(new Set(names).size).toBe(names.length);
});

const operators = ['prometheus-operator', 'eck-operator', 'tidb-operator'] as const;

test.each(operators)('%s is built in the version whose image dist/ runs', (operator) => {
  const { tag } = splitImage(versions.kubernetes.images[operator]);
  const { moduleDir, module } = goPrograms[operator];
  expect(tag.replace(/^v?/, 'v')).toBe(requiredVersion(moduleDir, module));
});
