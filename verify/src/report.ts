import { textTable } from '@tidb-cdc/runtime/text-table';
import type { CellResult, PieResult } from './reconcile.ts';

type Line = readonly (string | number)[];

const cellHeader = ['table', 'operation', 'written', 'documents', 'counter growth', 'other documents', ''] as const;
const pieHeader = [
  '',
  'operation',
  'written',
  'pie growth',
  'left the hour',
  "Prometheus's counter growth",
  '',
] as const;

/** Renders a run's numbers as two text tables: by table and operation, and by slice of the pie. */
export function renderReport(cells: readonly CellResult[], pie: readonly PieResult[]): string {
  const cellLines = cells
    .filter(({ written, own, counter, documents }) => written + own + counter + documents > 0)
    .map(({ table, operation, written, own, counter, documents, ok }): Line => {
      return [table, operation, written, own, counter, documents - own, verdict(ok)];
    });
  const pieLines = pie.map(({ operation, written, pie: grown, agedOut, events, ok }): Line => {
    return ['pie', operation, written, grown, agedOut, events, verdict(ok)];
  });
  return [...textTable([cellHeader, ...cellLines]), '', ...textTable([pieHeader, ...pieLines])].join('\n');
}

function verdict(ok: boolean): string {
  return ok ? 'ok' : 'DIFFERS';
}
