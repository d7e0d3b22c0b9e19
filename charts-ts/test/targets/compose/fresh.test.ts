import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { composeFolder } from '../../../src/targets/compose/folder.ts';

const folder = fileURLToPath(new URL('../../../../compose', import.meta.url));

test('compose/ is what the model renders: `npm run synth` would change nothing', () => {
  const present = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const files = Object.fromEntries(present.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
  expect(files).toEqual(Object.fromEntries(composeFolder()));
});

test('is rendered the same twice', () => {
  expect(composeFolder()).toEqual(composeFolder());
});
