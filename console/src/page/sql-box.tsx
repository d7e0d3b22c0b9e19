import { useState } from 'preact/hooks';
import type { SqlAnswer } from '../contract.ts';
import { Problem } from './problem.tsx';
import { SqlResult } from './sql-result.tsx';
import { usePost } from './use-post.ts';

const first = 'SELECT order_id, status, total, note FROM orders ORDER BY order_id DESC LIMIT 5';

/** Runs one statement as the application's user and shows the database's answer. */
export function SqlBox({ appUser }: { appUser: string }) {
  const [sql, setSql] = useState(first);
  const { answer, error, isBusy, send } = usePost<SqlAnswer>();
  const run = (event: Event) => {
    event.preventDefault();
    if (sql.trim() !== '') void send('/api/sql', { sql });
  };
  return (
    <form class="sql" onSubmit={run}>
      <label for="sql">
        SQL, run as <code>{appUser}</code>
      </label>
      <textarea
        id="sql"
        rows={3}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-describedby="sql-hint"
        value={sql}
        onInput={(event) => setSql(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run(event);
        }}
      />
      <div class="sql-actions">
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {isBusy ? 'Running…' : 'Run'}
        </button>
        <span id="sql-hint" class="hint">
          or Ctrl+Enter. One statement, 100 rows, 10 s.
        </span>
      </div>
      <div class="sql-answer" data-testid="sql-answer">
        {error !== null && <Problem error={error.message} code={error.code} remedy={error.remedy} />}
        {answer !== null && <SqlResult answer={answer} />}
      </div>
    </form>
  );
}
