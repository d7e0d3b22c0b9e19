/** Longest value in an answer, in characters. A page that polls every second must not transfer rows of 1 MiB. */
export const maxText = 2000;

/** Truncates a text that is too long and marks it with `…`. */
export function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}
