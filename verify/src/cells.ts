import { type Operation, operations } from '@tidb-cdc/runtime/operations';

/** Numbers by table and operation; a missing cell is 0. See {@link cellKey}. */
export type Cells = ReadonlyMap<string, number>;

/** Key of a cell, from a table (`schema.table`) and an operation. */
export function cellKey(table: string, operation: Operation): string {
  return `${table} ${operation}`;
}

/** Table and operation of a cell's key. */
export function cellOf(key: string): { table: string; operation: Operation } {
  const space = key.lastIndexOf(' ');
  return { table: key.slice(0, space), operation: key.slice(space + 1) as Operation };
}

/** Counts changes by table and operation. */
export function countCells(changes: Iterable<{ readonly table: string; readonly operation: Operation }>): Cells {
  const cells = new Map<string, number>();
  for (const { table, operation } of changes) {
    const key = cellKey(table, operation);
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  return cells;
}

/** `after` minus `before`, cell by cell, without the cells that did not change. */
export function growth(before: Cells, after: Cells): Cells {
  const cells = new Map<string, number>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const difference = (after.get(key) ?? 0) - (before.get(key) ?? 0);
    if (difference !== 0) cells.set(key, difference);
  }
  return cells;
}

/** Sum of all cells. */
export function total(cells: Cells): number {
  return [...cells.values()].reduce((sum, value) => sum + value, 0);
}

/** Sums by operation, over all tables. */
export function byOperation(cells: Cells): ReadonlyMap<Operation, number> {
  const sums = new Map<Operation, number>(operations.map((operation) => [operation, 0]));
  for (const [key, value] of cells) {
    const { operation } = cellOf(key);
    sums.set(operation, (sums.get(operation) ?? 0) + value);
  }
  return sums;
}
