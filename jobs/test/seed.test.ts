import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the seed shows what a stream of changes has to carry', () => {
  const text = readFileSync(new URL('../../database/seed.sql', import.meta.url), 'utf8');
  for (const script of ['Han', 'Cyrillic', 'Arabic', 'Hebrew', 'Devanagari', 'Hangul', 'Greek', 'Thai']) {
    expect(text).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
  }
  expect(text).toMatch(/\p{Emoji_Presentation}/u);
  expect(text).toContain('NULL');
  expect(text).toContain('9007199254740993');
});
