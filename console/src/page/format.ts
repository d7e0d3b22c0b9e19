const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const tenth = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

/** 12345 → 12,345 */
export const formatCount = (count: number): string => whole.format(count);

/** Events per second; one decimal below 100. */
export const formatRate = (rate: number): string => (rate < 100 ? tenth.format(rate) : whole.format(Math.round(rate)));

/** A share, 0 to 1, as a percentage; only 0 gives 0%. */
export const formatShare = (share: number): string => (share > 0 && share < 0.005 ? '<1%' : percent.format(share));

/** Seconds → 85 ms, 1.25 s, 42 s, 3 min, 2 h */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${hundredth.format(seconds)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${whole.format(seconds / 3600)} h`;
}

/** Local time of day of an ISO 8601 time, with the date if it is not today. */
export function formatTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const day = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} `;
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
  // Canal's times are whole seconds. Zeros would suggest a precision that is not there.
  const fraction = time.getMilliseconds() === 0 ? '' : `.${pad(time.getMilliseconds(), 3)}`;
  return `${time.toDateString() === now.toDateString() ? '' : day}${clock}${fraction}`;
}

/** The value of a key, with column names if there are several columns. */
export function formatKey(key: Readonly<Record<string, string | null>>): string {
  const columns = Object.entries(key);
  if (columns.length === 0) return 'no key';
  return columns.map(([name, value]) => `${columns.length === 1 ? '' : `${name} `}${value ?? 'NULL'}`).join(' · ');
}
