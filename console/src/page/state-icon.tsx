import type { PartView } from '../contract.ts';

/** A different shape per state, so that colour is never the only difference. */
const shapes: Readonly<Record<PartView['state'], string>> = {
  ready: 'M3 8.5 6.5 12 13 4.5',
  waiting: 'M8 4v4l2.5 2.5',
  fetching: 'M8 3v8M4.5 8 8 11.5 11.5 8M4 14h8',
  starting: 'M5.5 3.5 12 8l-6.5 4.5z',
  restarting: 'M12.5 5.5A5 5 0 1 0 13 9M13 2.5v3.5H9.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  stopped: 'M4.5 4.5h7v7h-7z',
  silent: 'M8 3v6M8 12v1',
  unknown: 'M5.5 6a2.5 2.5 0 1 1 2.5 2.5v1M8 12v1',
};

/** Decoration beside the state in words. */
export function StateIcon({ state }: { state: PartView['state'] }) {
  return (
    <svg class="state-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={shapes[state]} />
    </svg>
  );
}
