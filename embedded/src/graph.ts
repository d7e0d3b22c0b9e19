/** One thing to do at start-up, and the steps that must be done before it. */
export interface Step<N extends string> {
  readonly needs: readonly N[];
  run(): Promise<void>;
}

/**
 * Runs each step as soon as the steps it needs are done; independent steps run in parallel.
 * @throws the error of the first step that fails. Steps that depend on it do not begin; the caller must end those under
 *   way
 */
export async function runGraph<N extends string>(steps: Readonly<Record<N, Step<N>>>): Promise<void> {
  const names = Object.keys(steps) as N[];
  const running = new Map<N, Promise<void>>();
  const start = (name: N, waiting: readonly N[]): Promise<void> => {
    if (waiting.includes(name)) throw new Error(`these steps wait for each other: ${[...waiting, name].join(' → ')}`);
    const known = running.get(name);
    if (known !== undefined) return known;
    const needs = steps[name].needs.map((need) => start(need, [...waiting, name]));
    const done = Promise.all(needs).then(() => steps[name].run());
    running.set(name, done);
    return done;
  };
  await Promise.all(names.map((name) => start(name, [])));
}
