import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { detectIsolation, isolatedCommand } from '../../src/processes/isolation.ts';

const isolation = detectIsolation();

test('a command that needs nothing stays as it is', () => {
  const none = { parentDeathSignal: false, unprivileged: false };
  expect(isolatedCommand(['prog', 'arg'], none, true)).toEqual(['prog', 'arg']);
});

test.runIf(isolation.parentDeathSignal)('the death of the supervisor reaches the command', () => {
  expect(isolatedCommand(['prog'], isolation, false)).toEqual(['setpriv', '--pdeathsig', 'SIGTERM', 'prog']);
});

test.runIf(isolation.unprivileged)('nobody reads what is in a closed folder, and cannot write there', () => {
  const closed = join(scratchDir(), 'closed');
  mkdirSync(closed);
  const file = join(closed, 'file');
  writeFileSync(file, 'content');
  chmodSync(closed, 0o700);

  // `test -r` calls access(2), as Java does before it opens a file.
  const script = `id -u; [ -r ${file} ] && cat ${file}; echo x 2>/dev/null > ${closed}/new || echo refused`;
  const [program = '', ...args] = isolatedCommand(['sh', '-c', script], isolation, true);
  expect(spawnSync(program, args, { encoding: 'utf8' }).stdout).toBe('65534\ncontentrefused\n');
});
