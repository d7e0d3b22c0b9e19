import { expect, test } from 'vitest';
import { renderTable } from '../../src/harness/table.ts';

test('a table is Markdown, aligned, with as many digits as mean something', () => {
  const rows = [
    { what: 'decode', pace: 123_456.7, ratio: 0.4567 },
    { what: 'bare', pace: 12.34, ratio: 0.0123 },
  ];
  expect(renderTable({ title: 'Paces', rows })).toBe(
    [
      '**Paces**',
      '',
      '| what   |    pace | ratio |',
      '| ------ | ------: | ----: |',
      '| decode | 123,457 |  0.46 |',
      '| bare   |    12.3 | 0.012 |',
    ].join('\n'),
  );
});
