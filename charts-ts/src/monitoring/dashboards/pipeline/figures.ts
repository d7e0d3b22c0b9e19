import { type PanelSource, rangeQuery, stateTimelinePanel, timeSeriesPanel } from '../common.ts';

/** A small chart: what it shows, its unit by Grafana's name, and its queries (expression → legend). */
export interface Figure {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly queries: Readonly<Record<string, string>>;
  /** Names and colours of the values, if these are states instead of numbers. */
  readonly states?: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
}

const gridWidth = 24;

/** One row of charts, as equally wide as the grid allows. */
export function figurePanels(list: readonly Figure[]): readonly PanelSource[] {
  return list.map((figure, index) => {
    const width = Math.floor(gridWidth / list.length) + (index < gridWidth % list.length ? 1 : 0);
    const panel =
      figure.states === undefined
        ? timeSeriesPanel(figure).unit(figure.unit)
        : stateTimelinePanel(figure, figure.states);
    for (const [expr, legend] of Object.entries(figure.queries)) panel.withTarget(rangeQuery(expr, legend));
    return panel.height(6).span(width);
  });
}

/** CPU use of each process of a program; 1 is one processor. */
export function cpuFigure(job: string): Figure {
  return {
    title: 'Processor',
    description: 'Processors in use, of each instance.',
    unit: 'short',
    queries: { [`rate(process_cpu_seconds_total{job="${job}"}[$__rate_interval])`]: '{{instance}}' },
  };
}

/** Memory of each process of a program. */
export function memoryFigure(job: string): Figure {
  return {
    title: 'Memory',
    description: 'Resident memory of each instance.',
    unit: 'bytes',
    queries: { [`process_resident_memory_bytes{job="${job}"}`]: '{{instance}}' },
  };
}
