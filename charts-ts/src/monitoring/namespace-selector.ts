/** Matches strings, ranges and label lists; or the name of a metric (not of a function) with its matchers. */
const token =
  /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)|\b([a-zA-Z][\w:]*_[\w:]*|up|ALERTS)\b(?!\s*\()(?:\{((?:"[^"]*"|[^}"])*)\})?/g;

/**
 * Limits a PromQL expression to the series of one namespace. In a shared Prometheus, `up` and the products' metrics
 * include those of others. A metric's name is recognized by its underscore, as in `metricsOf`.
 */
export function inNamespace(expression: string, namespace: string): string {
  return expression.replace(token, (whole, name?: string, matchers?: string) => {
    if (name === undefined) return whole;
    const rest = matchers === undefined || matchers === '' ? '' : `,${matchers}`;
    return `${name}{namespace="${namespace}"${rest}}`;
  });
}
