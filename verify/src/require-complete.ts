import type { SystemState } from '@tidb-cdc/runtime/system-state';

/** Gives back a system's state where every part is ready; else throws an Error that says what the others do. */
export function requireComplete(state: SystemState): SystemState {
  const missing = state.parts.filter((part) => part.state !== 'ready');
  if (state.complete && missing.length === 0) return state;
  if (missing.length === 0) throw new Error('every part is ready, a job is still running');
  throw new Error(missing.map(({ name, state, detail }) => `${name} is ${state} ${detail}`.trim()).join(', '));
}
