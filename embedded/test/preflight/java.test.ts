import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { findJdk } from '../../src/preflight/java.ts';

/** A folder that looks like a JDK of a version. */
function jdk(version: string): string {
  const home = scratchDir();
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin', 'javac'), `#!/bin/sh\necho 'javac ${version}'\n`, { mode: 0o755 });
  return home;
}

test.each(['17.0.15', '21', '23.0.1'])('takes JDK %s of JAVA_HOME', async (version) => {
  const home = jdk(version);
  expect(await findJdk({ JAVA_HOME: home, PATH: '/usr/bin:/bin' })).toEqual({ home });
});

test.each(['11.0.2', '24', '25.0.1'])('refuses JDK %s', async (version) => {
  const problem = await findJdk({ JAVA_HOME: jdk(version), PATH: '/usr/bin:/bin' });
  expect(problem).toMatchObject({ what: expect.stringContaining('but JDK 17 to 23 is required') });
});

test('takes the JDK of the javac on PATH', async () => {
  const home = jdk('21.0.1');
  expect(await findJdk({ PATH: `${join(home, 'bin')}:/usr/bin:/bin` })).toEqual({ home });
});

test('a JRE is not a JDK', async () => {
  const problem = await findJdk({ JAVA_HOME: scratchDir() });
  expect(problem).toMatchObject({
    what: expect.stringContaining('no bin/javac'),
    remedy: expect.stringContaining('JDK'),
  });
});

test('no Java at all names the remedy', async () => {
  expect(await findJdk({ PATH: scratchDir() })).toMatchObject({
    what: expect.stringContaining('no javac on PATH'),
    remedy: expect.stringContaining('JAVA_HOME'),
  });
});
