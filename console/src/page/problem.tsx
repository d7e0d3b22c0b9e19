import type { ErrorAnswer } from '../contract.ts';

/** Something went wrong: what, the database's code for it, and what to do. */
export function Problem({
  error,
  code,
  remedy,
}: Pick<ErrorAnswer, 'error'> & { code?: string | undefined; remedy?: string | undefined }) {
  return (
    <div class="problem" role="alert">
      <p>
        {code !== undefined && <code class="code">{code}</code>} {error}
      </p>
      {remedy !== undefined && <p class="remedy">{remedy}</p>}
    </div>
  );
}

/** A state that passes by itself. */
export function Notice({ children }: { children: string }) {
  return (
    <p class="notice" role="status">
      {children}
    </p>
  );
}
