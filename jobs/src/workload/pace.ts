import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import type { RowCounts } from './row-counts.ts';

/** Shares of the operations among all row changes. */
export const operationShares: Readonly<Record<Operation, number>> = { insert: 0.6, update: 0.3, delete: 0.1 };

/**
 * When the next change may start, in milliseconds on the clock of `startedAt`, if `claimed` changes are done or under way.
 * Every change has its place on one time line from the start, so lateness of one is made up by the next: no drift.
 */
export function dueAt(startedAt: number, claimed: number, changesPerSecond: number): number {
  return startedAt + (claimed * 1000) / changesPerSecond;
}

/** The operations, the one that is furthest behind its share first. */
export function byShortfall(counts: RowCounts): Operation[] {
  const shortfall = (operation: Operation) =>
    operationShares[operation] * (counts.total + 1) - counts.ofOperation(operation);
  return [...operations].sort((one, other) => shortfall(other) - shortfall(one));
}
