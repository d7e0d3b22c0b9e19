const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm forwards a Ctrl-C that the terminal already sent to every process: two signals within this time count as one. */
const duplicateMs = 1_000;

/** What the user requests by signals. */
export interface StopRequest {
  /** Fires at the first signal; its reason is the signal's name. */
  readonly stop: AbortSignal;
  /** Fires at a further signal, more than a second later. */
  readonly kill: AbortSignal;
}

/** Starts handling Ctrl-C, SIGTERM and the loss of the terminal. */
export function listenForStop(emitter: NodeJS.EventEmitter = process): StopRequest {
  const stop = new AbortController();
  const kill = new AbortController();
  let askedAt = 0;
  const onSignal = (name: string) => {
    if (stop.signal.aborted) {
      if (performance.now() - askedAt > duplicateMs) kill.abort(name);
      return;
    }
    askedAt = performance.now();
    stop.abort(name);
  };
  for (const signal of signals) emitter.on(signal, () => onSignal(signal));
  return { stop: stop.signal, kill: kill.signal };
}
