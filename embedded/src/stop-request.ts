const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on a Ctrl-C that the terminal has sent to everybody already: two signals at once are one wish. */
const sameWishMs = 1_000;

/** What a person asks for by signals. */
export interface StopRequest {
  /** Fires at the first signal; its reason is the signal's name. */
  readonly stop: AbortSignal;
  /** Fires at a second one, more than a second later. */
  readonly hurry: AbortSignal;
}

/** Takes over Ctrl-C, SIGTERM and the loss of the terminal from now on. */
export function listenForStop(emitter: NodeJS.EventEmitter = process): StopRequest {
  const stop = new AbortController();
  const hurry = new AbortController();
  let askedAt = 0;
  const onSignal = (name: string) => {
    if (stop.signal.aborted) {
      if (performance.now() - askedAt > sameWishMs) hurry.abort(name);
      return;
    }
    askedAt = performance.now();
    stop.abort(name);
  };
  for (const signal of signals) emitter.on(signal, () => onSignal(signal));
  return { stop: stop.signal, hurry: hurry.signal };
}
