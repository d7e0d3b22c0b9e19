export interface ShutdownStep {
  /** What it does, as in "could not …". */
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * Runs the steps one after another.
 * @throws Error naming the steps that were not done within `seconds`, or the error of a step that failed
 */
export async function shutDown(seconds: number, steps: readonly ShutdownStep[]): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  for (const [index, { run }] of steps.entries()) {
    if (await within(deadline - performance.now(), run())) continue;
    const undone = steps.slice(index).map((step) => step.name);
    throw new Error(`SHUTDOWN_TIMEOUT_SECONDS=${seconds}: not done in time: ${undone.join(', ')}`);
  }
}

/** Whether the work is done before `ms` have passed. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
