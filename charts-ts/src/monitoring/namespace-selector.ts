/** Strings, ranges, lists of labels; then the name of a metric, which is no function, with its matchers. */
const token =
  /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)|\b([a-zA-Z][\w:]*_[\w:]*|up|ALERTS)\b(?!\s*\()(?:\{((?:"[^"]*"|[^}"])*)\})?/g;

/**
 * A PromQL expression that sees the series of one namespace alone: in a Prometheus that others share, `up` and the
 * metrics of the products are everybody's. Names of metrics are known by an underscore, as in `metricsOf`.
 */
export function inNamespace(expression: string, namespace: string): string {
  return expression.replace(token, (whole, name?: string, matchers?: string) => {
    if (name === undefined) return whole;
    const rest = matchers === undefined || matchers === '' ? '' : `,${matchers}`;
    return `${name}{namespace="${namespace}"${rest}}`;
  });
}
