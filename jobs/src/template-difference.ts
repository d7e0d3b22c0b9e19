/** A JSON object, as an API sends or stores it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Returns the paths at which the stored index template differs from the wanted one; empty when they are the same.
 *
 * Elasticsearch normalises what it stores, and that is not a difference: scalars become strings, settings move under
 * `index`, dotted names are expanded, and it adds its own members beside `template` (`composed_of: []`,
 * `data_stream.hidden`, dates). It adds nothing to `index_patterns` and to `template`'s `mappings`, `settings` and
 * `aliases`. There a stored member that is not wanted counts too, so that removals are seen.
 */
export function templateDifference(wanted: JsonObject, found: JsonObject): string[] {
  const want = flattenTemplate(wanted);
  const have = flattenTemplate(found);
  const stored = [...have.keys()];
  const filledIn = (path: string) => stored.some((other) => other.startsWith(`${path}.`));
  const changed = [...want]
    .filter(([path, value]) => have.get(path) !== value && !(value === '{}' && filledIn(path)))
    .map(([path]) => path);
  const removed = stored.filter(
    (path) => /^(index_patterns|template\.(mappings|settings|aliases))\./.test(path) && !want.has(path),
  );
  return [...changed, ...removed].sort();
}

function flattenTemplate(template: JsonObject): Map<string, string> {
  const flat = new Map<string, string>();
  flatten('', template, flat);
  return new Map(
    [...flat].map(([path, value]) => [path.replace(/^template\.settings\.(?!index\.)/, '$&index.'), value]),
  );
}

function flatten(path: string, value: unknown, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    into.set(path, String(value));
    return;
  }
  const members = Object.entries(value);
  // an empty object has a meaning, such as `data_stream: {}`; an empty list means the same as no list
  if (members.length === 0 && !Array.isArray(value)) into.set(path, '{}');
  for (const [name, member] of members) flatten(path === '' ? name : `${path}.${name}`, member, into);
}
