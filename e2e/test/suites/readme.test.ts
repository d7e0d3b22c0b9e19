import { change } from '@tidb-cdc/runtime/sql';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { document, inlineCode } from '../documented-commands.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
const readme = document('README.md');
const { scripts } = JSON.parse(document('package.json')) as { scripts: object };

/** Commands in code blocks and in inline code. */
const blocks = [...readme.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block);
const commands = [...blocks.flatMap((block) => block.split('\n').map((line) => line.trim())), ...inlineCode(readme)];

test('README has commands of each kind', () => {
  for (const program of ['curl', 'mysql', 'jq', 'grep', 'tail', 'npm', 'npx', 'docker-compose', 'kubectl']) {
    expect(commands.filter((command) => command.startsWith(`${program} `)).length, program).toBeGreaterThan(0);
  }
});

const sql = commands.filter((command) => command.startsWith('mysql ') && command.includes(' -e '));

test.each(sql)('%s', async (command) => {
  const [, statements = ''] = /-u root(?: shop)? -e "(.*)"$/.exec(command) ?? [];
  const root = await stage.root();
  try {
    await change(root, 'DROP DATABASE IF EXISTS billing');
    for (const statement of statements.split(';')) await change(root, statement);
    if (statements.includes('billing')) await stage.waitForAll('billing.invoices', { insert: 1 });
  } finally {
    await root.end();
  }
});

const asking = commands.filter((command) => /^(curl|jq|grep|tail) /.test(command));

test.each(asking)('%s', async (command) => {
  const { stateDir, portOffset } = stage.system;
  const here = command
    .replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${Number(port) + portOffset}`)
    .replaceAll('.state/', `${stateDir}/`);
  const { stdout } = await execa('bash', ['-o', 'pipefail', '-c', here]);
  expect(stdout).not.toBe('');
});

test.each(commands.filter((command) => /^npm run /.test(command)))('%s names a script', (command) => {
  expect(scripts).toHaveProperty([/^npm run ([\w:-]+)/.exec(command)?.[1] ?? '']);
});
