/** Longest value in an answer, in characters: rows of a mebibyte each are not for a page that asks each second. */
export const maxText = 2000;

/** A text as an answer has it: one that is too long is cut, and ends so. */
export function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}
