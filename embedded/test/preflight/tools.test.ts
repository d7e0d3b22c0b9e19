import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { checkFetchTool, checkNode } from '../../src/preflight/tools.ts';

function environmentWith(program: string, output: string): NodeJS.ProcessEnv {
  const dir = scratchDir();
  writeFileSync(join(dir, program), `#!/bin/sh\ncat <<'END'\n${output}\nEND\n`, { mode: 0o755 });
  return { PATH: `${dir}:/usr/bin:/bin` };
}

describe('Node.js', () => {
  test.each(['20.19.0', '22.12.0', '24.11.1'])('%s is new enough', (version) => {
    expect(checkNode(version)).toEqual([]);
  });

  test.each(['18.20.0', '20.9.0'])('%s is too old', (version) => {
    expect(checkNode(version)).toMatchObject([{ what: expect.stringContaining(version) }]);
  });
});

describe('Maven', () => {
  test('3.6.3 and later', async () => {
    expect(await checkFetchTool('maven', environmentWith('mvn', 'Apache Maven 3.6.3 (abc)'))).toEqual([]);
    expect(await checkFetchTool('maven', environmentWith('mvn', '\u001b[1mApache Maven 3.9.9\u001b[m'))).toEqual([]);
  });

  test('older, silent or absent: what and remedy', async () => {
    const old = await checkFetchTool('maven', environmentWith('mvn', 'Apache Maven 3.5.0'));
    expect(old).toMatchObject([{ what: expect.stringContaining('3.5.0'), remedy: expect.stringContaining('3.6.3') }]);
    expect(await checkFetchTool('maven', environmentWith('mvn', 'hello'))).toHaveLength(1);
    expect(await checkFetchTool('maven', { PATH: scratchDir() })).toMatchObject([
      { what: 'Maven is not installed: no mvn on PATH', remedy: expect.stringContaining('apt install maven') },
    ]);
  });
});

describe('Go', () => {
  test.each(['go1.26.8\nauto', 'go1.26\nlocal', 'go1.21.0\nauto'])('takes %j', async (output) => {
    expect(await checkFetchTool('go', environmentWith('go', output))).toEqual([]);
  });

  test('one that may not get a newer one must be new enough itself', async () => {
    expect(await checkFetchTool('go', environmentWith('go', 'go1.24.1\nlocal'))).toMatchObject([
      { remedy: expect.stringContaining('GOTOOLCHAIN=auto') },
    ]);
  });

  test('too old or absent: the remedy names the way without Go too', async () => {
    for (const env of [environmentWith('go', 'go1.19.8\nauto'), { PATH: scratchDir() }]) {
      expect(await checkFetchTool('go', env)).toMatchObject([{ remedy: expect.stringContaining('filebeat') }]);
    }
  });
});
