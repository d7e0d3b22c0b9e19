const width = 120;
const height = 28;
/** Readings that fit on the line: two minutes, one per second. */
export const readings = 120;

/** A line of the last values, newest on the right. The top is at least 1, so that silence is a flat line. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const highest = Math.max(1, ...values);
  const points = values.map((value, index) => {
    const x = width - ((values.length - 1 - index) * width) / (readings - 1);
    const y = height - 2 - (value / highest) * (height - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <polyline points={points.join(' ')} />
    </svg>
  );
}
