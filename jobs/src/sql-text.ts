/**
 * Splits SQL at a separator, outside quotes, comments and parentheses. Comments are dropped, parts are trimmed,
 * empty parts are left out. `;` splits a file into statements, `,` the body of a CREATE TABLE into its definitions.
 *
 * @throws Error where a quote, a comment or a parenthesis is not closed
 */
export function splitSql(text: string, separator: ';' | ','): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const token of tokens(text)) {
    if (isComment(token)) {
      part += ' ';
      continue;
    }
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === separator && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else {
      part += token;
    }
  }
  if (depth !== 0) throw new Error(`unbalanced parentheses in SQL: ${excerpt(part)}`);
  parts.push(part.trim());
  return parts.filter((sql) => sql !== '');
}

// In order: -- and # comments to the end of the line, block comments, quoted text (doubled or escaped quotes inside),
// runs of ordinary text, and any other single character.
const TOKEN =
  /--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|[^-#/'"`(),;]+|[\s\S]/g;

function* tokens(text: string): Generator<string> {
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "'" || token === '"' || token === '`') throw new Error(`unclosed ${token} in SQL: ${excerpt(text)}`);
    yield token;
  }
}

function isComment(token: string): boolean {
  return token.startsWith('#') || token.startsWith('/*') || /^--(\s|$)/.test(token);
}

function excerpt(sql: string): string {
  return sql.length > 80 ? `${sql.slice(0, 80)}…` : sql;
}
