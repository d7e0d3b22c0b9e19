import type { Operation } from '@tidb-cdc/runtime/operations';
import type { DemoAnswer, StateAnswer } from '../contract.ts';
import { Problem } from './problem.tsx';
import { SqlBox } from './sql-box.tsx';
import { usePost } from './use-post.ts';

const buttons: readonly { action: Operation; text: string }[] = [
  { action: 'insert', text: 'Insert a demo order' },
  { action: 'update', text: 'Update it' },
  { action: 'delete', text: 'Delete it' },
];

/** Lets the user make changes: three buttons and a SQL box. */
export function Changes({ sql }: { sql: NonNullable<StateAnswer['sql']> }) {
  return (
    <section class="panel" aria-labelledby="changes-title">
      <h2 id="changes-title">Make a change</h2>
      <DemoButtons />
      <SqlBox appUser={sql.appUser} />
      {sql.rootClient !== null && (
        <p class="hint">
          With your own client, as root: <code>{sql.rootClient}</code>
        </p>
      )}
    </section>
  );
}

function DemoButtons() {
  const { answer, error, isBusy, send } = usePost<DemoAnswer>();
  return (
    <>
      <fieldset class="demo" aria-busy={isBusy}>
        <legend class="visually-hidden">A demo order</legend>
        {buttons.map(({ action, text }) => (
          // Not `disabled` while busy: a disabled button loses the keyboard focus.
          <button
            key={action}
            type="button"
            class={`demo-${action}`}
            aria-disabled={isBusy}
            onClick={() => void send(`/api/demo/${action}`, {})}
          >
            {text}
          </button>
        ))}
      </fieldset>
      <div data-testid="demo-answer">
        {error !== null && <Problem error={error.message} code={error.code} remedy={error.remedy} />}
        {answer !== null && (
          <p class="done" role="status">
            {answer.did}
          </p>
        )}
      </div>
    </>
  );
}
