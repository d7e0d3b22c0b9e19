import type { SystemState } from '@tidb-cdc/runtime/system-state';

/** Returns the state when every part is ready. Otherwise throws an Error that lists the state of the other parts. */
export function requireComplete(state: SystemState): SystemState {
  const missing = state.parts.filter((part) => part.state !== 'ready');
  if (state.complete && missing.length === 0) return state;
  if (missing.length === 0) throw new Error('every part is ready, a job is still running');
  throw new Error(missing.map(({ name, state, detail }) => `${name} is ${state} ${detail}`.trim()).join(', '));
}
