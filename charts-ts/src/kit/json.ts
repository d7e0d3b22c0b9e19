/** Renders plain data as JSON for people to read: indented, with a newline at its end. */
export function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
