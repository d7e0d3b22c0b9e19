import { expect, test } from 'vitest';
import { renderMyCnf } from '../../src/parts/mariadb.ts';

const text = renderMyCnf({ base: '/cache/base', dataDir: '/state #1/data', temporaryDir: '/state #1/tmp', port: 7000 });

test('listens on loopback only', () => {
  expect(text).toContain('bind-address="127.0.0.1"\nport="7000"\n');
});

test('writes the binlog that Canal reads', () => {
  for (const setting of [
    'log-bin="binlog"',
    'binlog-format="ROW"',
    'binlog-row-image="FULL"',
    'binlog-row-metadata="FULL"',
    'binlog-annotate-row-events="OFF"',
    'binlog-legacy-event-pos="ON"',
  ]) {
    expect(text).toContain(`${setting}\n`);
  }
});

test('a path may hold spaces and number signs', () => {
  expect(text).toContain('datadir="/state #1/data"\n');
});

test('reads and writes no file of the machine for a statement', () => {
  expect(text).toContain('secure-file-priv="/state #1/tmp"\nlocal-infile="OFF"\n');
});
