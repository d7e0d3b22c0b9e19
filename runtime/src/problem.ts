/** Something that keeps a system from starting, and what to do about it. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** Formats the problems for people. */
export function describeProblems(problems: readonly Problem[]): string {
  const lines = problems.map(({ what, remedy }) => `  ${what}\n    → ${remedy}`);
  return [`The system cannot start: ${problems.length} problem${problems.length === 1 ? '' : 's'}.`, ...lines].join(
    '\n',
  );
}
