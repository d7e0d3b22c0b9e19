import path from 'node:path';
import { consumerSettings } from '@tidb-cdc/consumer/settings';
import { expect, test } from 'vitest';
import { z } from 'zod';

const file = path.resolve(import.meta.dirname, '../../../docs/settings.md');

/** After a change to the settings, run `npx vitest run --project unit -u e2e/test/docs`. */
test('docs/settings.md says what the settings say of themselves', async () => {
  const text = [
    '# Settings of the consumer',
    '',
    'Environment variables, generated from [consumer/src/settings.ts](../consumer/src/settings.ts). A wrong value ends the',
    'start with exit code 2 and a line that names the variable, its value and the rule.',
    '',
    ...settingsTable(consumerSettings),
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot(file);
});

/** @throws Error for a setting without a description */
function settingsTable(settings: z.ZodObject): string[] {
  const { properties = {} } = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(settings.shape).map(([name, setting]) => {
    const { description } = setting;
    if (description === undefined) throw new Error(`${name} has no description`);
    // The schema has a default in its written form, but none for a setting that is parsed into another type.
    const { default: written } = properties[name] as { default?: unknown };
    const value = written ?? setting.safeParse(undefined).data;
    return `| \`${name}\` | ${value === undefined ? '–' : `\`${value}\``} | ${description} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...rows];
}
