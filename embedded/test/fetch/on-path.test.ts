import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { findInstalled, findOnPath } from '../../src/fetch/on-path.ts';

/** A PATH with a program that prints a text, whatever its arguments. */
function pathWith(program: string, output: string): string {
  const dir = scratchDir();
  writeFileSync(join(dir, program), `#!/bin/sh\ncat <<'END'\n${output}\nEND\n`, { mode: 0o755 });
  // The shell of the script needs its own tools.
  return `${dir}:/usr/bin:/bin`;
}

const filebeat = (version: string) => `filebeat version ${version} (amd64), libbeat ${version} [abc built 2025]`;
const prometheus = (version: string) =>
  `prometheus, version ${version} (branch: HEAD, revision: abc)\n  go version: go1.25`;

describe('findInstalled', () => {
  test.each([
    ['filebeat', filebeat('8.14.0')],
    ['filebeat', filebeat('9.4.3')],
    ['prometheus', prometheus('3.7.0')],
    ['prometheus', prometheus('3.13.5')],
  ] as const)('takes a %s that says "%s"', (program, output) => {
    const PATH = pathWith(program, output);
    expect(findInstalled(program, { PATH })).toMatchObject({ path: join(PATH.split(':')[0] ?? '', program) });
  });

  test.each([
    ['filebeat', filebeat('8.13.4'), '8.13, but must be 8.14 or later'],
    ['filebeat', filebeat('7.17.9'), '7.17, but must be'],
    ['prometheus', prometheus('3.6.0'), '3.6, but must be 3.7 or a later 3.x'],
    ['prometheus', prometheus('2.55.1'), '2.55, but must be'],
    ['prometheus', prometheus('4.0.0'), '4.0, but must be'],
    ['prometheus', 'prometheus, version  (branch: , revision: unknown)', 'cannot read the version'],
  ] as const)('does not take a %s that says "%s"', (program, output, reason) => {
    expect(findInstalled(program, { PATH: pathWith(program, output) })).toEqual({
      reason: expect.stringContaining(reason),
    });
  });

  test('says that there is none', () => {
    expect(findInstalled('filebeat', { PATH: scratchDir() })).toEqual({ reason: 'no filebeat on PATH' });
  });
});

test('a file that cannot be run is not on PATH', () => {
  const dir = scratchDir();
  writeFileSync(join(dir, 'tool'), '', { mode: 0o644 });
  expect(findOnPath('tool', { PATH: dir })).toBeUndefined();
  expect(findOnPath('sh', { PATH: `:${dir}:/bin` })).toBe('/bin/sh');
});
