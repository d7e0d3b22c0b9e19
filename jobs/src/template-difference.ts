/** A JSON object, as an API sends or stores it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Paths at which the stored index template differs from the wanted one; empty when they are the same.
 *
 * Elasticsearch normalises what it stores, and that is no difference: scalars become strings, settings are moved under
 * `index`, dotted names are spelled out, and it adds members of its own beside `template` (`composed_of: []`,
 * `data_stream.hidden`, dates). In `index_patterns` and in `template`'s `mappings`, `settings` and `aliases`, which it
 * adds nothing to, a member that is stored but not wanted counts too: that is how a removal shows.
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
  // an empty object says something, such as `data_stream: {}`; an empty list says as much as no list
  if (members.length === 0 && !Array.isArray(value)) into.set(path, '{}');
  for (const [name, member] of members) flatten(path === '' ? name : `${path}.${name}`, member, into);
}
