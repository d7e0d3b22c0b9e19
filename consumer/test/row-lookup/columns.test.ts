import { describe, expect, test } from 'vitest';
import { columnsStatement, rowStatement, valueText } from '../../src/row-lookup/columns.ts';

const id = { name: 'id', type: 'bigint(20) unsigned' };

describe('the statement for a row', () => {
  test('asks for all columns under names of its own, by the key', () => {
    const columns = [id, { name: '__proto__', type: 'text' }];
    expect(rowStatement('shop', 'orders', columns, { id: '18446744073709551615' })).toBe(
      'SELECT `id` AS c0, `__proto__` AS c1 FROM `shop`.`orders` WHERE `id` = 18446744073709551615 LIMIT 1',
    );
  });

  test('quotes names, whatever is in them', () => {
    expect(columnsStatement('a.b', 'we`ird')).toBe('SHOW COLUMNS FROM `we``ird` FROM `a.b`');
    expect(rowStatement('a.b', 'we`ird', [{ name: 'i`d', type: 'int' }], { 'i`d': '1' })).toBe(
      'SELECT `i``d` AS c0 FROM `a.b`.`we``ird` WHERE `i``d` = 1 LIMIT 1',
    );
  });

  test.each([
    ['int(11)', '-5', '-5'],
    ['decimal(65,30)', '-0.100000000000000000000000000001', '-0.100000000000000000000000000001'],
    ["enum('1','2')", '2', '2'],
    ['varchar(10)', '5', "'5'"],
    ['varchar(10)', "' OR '1", "'\\' OR \\'1'"],
    ['int(11)', '1 OR 1', "'1 OR 1'"],
    ['bit(8)', "b'1'", "'b\\'1\\''"],
    ['datetime(6)', '2024-02-29 12:34:56.123456', "'2024-02-29 12:34:56.123456'"],
    ['varbinary(3)', 'AP+A', "X'00ff80'"],
    ['int(11)', null, 'NULL'],
  ])('compares %s with %s', (type, value, literal) => {
    const statement = rowStatement('s', 't', [{ name: 'k', type }], { k: value });
    expect(statement.slice(statement.indexOf('WHERE'))).toBe(`WHERE \`k\` = ${literal} LIMIT 1`);
  });

  test.each(["enum('a')", "set('a')", 'bit(1)'])('asks for the number of %s', (type) => {
    const statement = rowStatement('s', 't', [id, { name: 'k', type }], { id: '1' });
    expect(statement).toContain('CAST(`k` AS UNSIGNED) AS c1');
  });
});

test.each([
  ['int(5) unsigned zerofill', '00042', '42'],
  ['double', '1e21', '1000000000000000000000'],
  ['double(10,2)', '1.50', '1.5'],
  ['decimal(12,2)', '12.30', '12.30'],
  ['year(4)', '0000', '0'],
  ['varchar(10)', '007', '007'],
  ['interval_like', '007', '007'],
  ['binary(2)', 'ab', 'YWI='],
  ['tinyblob', 'ab', 'YWI='],
  ['json', '{"a": 1}', '{"a": 1}'],
])('%s: %s as messages have it', (type, printed, text) => {
  expect(valueText({ name: 'c', type }, Buffer.from(printed))).toBe(text);
});
