import type { SqlAnswer } from '../contract.ts';
import { formatCount } from './format.ts';

/** The database's answer: rows, or the number of affected rows. */
export function SqlResult({ answer }: { answer: SqlAnswer }) {
  const taken = `${formatCount(answer.milliseconds)} ms`;
  if (answer.kind === 'done') {
    const rows = answer.affectedRows === 1 ? '1 row' : `${formatCount(answer.affectedRows)} rows`;
    return (
      <p class="done" role="status">
        {rows} affected in {taken}. {answer.info}
      </p>
    );
  }
  const { columns, rows, more } = answer;
  return (
    <>
      <p class="done" role="status">
        {more ? `The first ${rows.length} rows` : rows.length === 1 ? '1 row' : `${rows.length} rows`} in {taken}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section class="result" aria-label="Result" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th scope="col" key={`${index}-${column}`}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={`${index}`}>
                {row.map((value, column) => (
                  <td key={`${column}`} class={value === null ? 'null' : ''}>
                    {value ?? 'NULL'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
