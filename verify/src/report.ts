import type { CellResult, PieResult } from './reconcile.ts';

type Line = readonly (string | number)[];

const cellHeader = ['table', 'operation', 'written', 'documents', 'counter growth', 'documents of others', ''] as const;
const pieHeader = [
  '',
  'operation',
  'written',
  'pie growth',
  'left the hour',
  "Prometheus's counter growth",
  '',
] as const;

/** The numbers of a run as two tables of text: by table and operation, and the pie's slices. */
export function renderReport(cells: readonly CellResult[], pie: readonly PieResult[]): string {
  const cellLines = cells
    .filter(({ written, own, counter, documents }) => written + own + counter + documents > 0)
    .map(({ table, operation, written, own, counter, documents, ok }): Line => {
      return [table, operation, written, own, counter, documents - own, verdict(ok)];
    });
  const pieLines = pie.map(({ operation, written, pie: grown, left, events, ok }): Line => {
    return ['pie', operation, written, grown, left, events, verdict(ok)];
  });
  return `${renderTable([cellHeader, ...cellLines])}\n\n${renderTable([pieHeader, ...pieLines])}`;
}

function verdict(ok: boolean): string {
  return ok ? 'ok' : 'DIFFERS';
}

/** Numbers to the right, words to the left. */
function renderTable(lines: readonly Line[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => String(line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
