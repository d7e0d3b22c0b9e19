import { describe, expect, it } from 'vitest';
import { splitSql } from '../src/sql-text.ts';

describe('splitSql', () => {
  it('splits at separators outside quotes, comments and parentheses', () => {
    const text = `-- first; comment
      INSERT INTO t VALUES ('a;b', "c;d", 'it''s; fine', 'back\\';slash'); # second; comment
      /* third; comment */ SELECT \`odd;name\` FROM t;`;
    expect(splitSql(text, ';')).toEqual([
      `INSERT INTO t VALUES ('a;b', "c;d", 'it''s; fine', 'back\\';slash')`,
      'SELECT `odd;name` FROM t',
    ]);
  });

  it('keeps parenthesised lists together', () => {
    expect(splitSql("price DECIMAL(12,2), s ENUM('a,b','c)'), PRIMARY KEY (a, b)", ',')).toEqual([
      'price DECIMAL(12,2)',
      "s ENUM('a,b','c)')",
      'PRIMARY KEY (a, b)',
    ]);
  });

  it('does not take a double minus, a minus or a slash for a comment', () => {
    expect(splitSql('SELECT 3--1, 4-2, 8/2', ',')).toEqual(['SELECT 3--1', '4-2', '8/2']);
  });

  it('keeps line breaks, emoji and quotes inside values as they are', () => {
    expect(splitSql("SELECT 'a\n🌻', '-- no comment'; ;", ';')).toEqual(["SELECT 'a\n🌻', '-- no comment'"]);
  });

  it.each([
    ["SELECT 'open", "unclosed ' in SQL"],
    ['SELECT (1', 'unbalanced parentheses'],
    ['SELECT 1)', 'unbalanced parentheses'],
  ])('refuses %s', (text, message) => {
    expect(() => splitSql(text, ';')).toThrow(message);
  });
});
