import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { ArcElement, Chart, DoughnutController, Tooltip } from 'chart.js';
import { useEffect, useRef } from 'preact/hooks';

Chart.register(ArcElement, DoughnutController, Tooltip);

type Pie = Chart<'doughnut', number[], string>;

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

/** The pie chart; its numbers are in the table beside it. */
export function Doughnut({ counts }: { counts: Readonly<Record<Operation, number>> }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Pie>(null);
  const { insert, update, delete: deleted } = counts;

  useEffect(() => {
    if (canvas.current === null) return;
    const pie = create(canvas.current);
    chart.current = pie;
    const repaint = () => paint(pie);
    dark.addEventListener('change', repaint);
    return () => {
      dark.removeEventListener('change', repaint);
      pie.destroy();
    };
  }, []);

  useEffect(() => {
    const dataset = chart.current?.data.datasets[0];
    if (dataset === undefined) return;
    dataset.data = [insert, update, deleted];
    chart.current?.update();
  }, [insert, update, deleted]);

  return <canvas ref={canvas} role="img" aria-label="Pie of the operations in the last hour" />;
}

function create(canvas: HTMLCanvasElement): Pie {
  const pie = new Chart(canvas, {
    type: 'doughnut',
    data: { labels: [...operations], datasets: [{ data: [] as number[] }] },
    options: {
      cutout: '70%',
      maintainAspectRatio: false,
      animation: reducedMotion.matches ? false : { duration: 400 },
    },
  });
  paint(pie);
  return pie;
}

/** A canvas has no stylesheet. It gets the page's colours when it is created and when the colour scheme changes. */
function paint(pie: Pie): void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const dataset = pie.data.datasets[0];
  if (dataset === undefined) return;
  dataset.backgroundColor = operations.map(colour);
  dataset.borderColor = colour('surface');
  pie.update('none');
}
