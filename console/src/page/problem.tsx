import type { ErrorAnswer } from '../contract.ts';

/** An error: what went wrong, the database's error code, and the remedy. */
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

/** A temporary state that needs no action. */
export function Notice({ children }: { children: string }) {
  return (
    <p class="notice" role="status">
      {children}
    </p>
  );
}
