import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The operators' own CRDs and manifests, beside the repository: data for tests, never part of the repository. */
const shared = fileURLToPath(new URL('../../../../shared', import.meta.url));

/** Whether upstream's files exist. If not, reports on standard error what is not tested. */
export function hasUpstream(what: string): boolean {
  const found = existsSync(path.join(shared, 'crds/INDEX.tsv'));
  if (!found) process.stderr.write(`skipped: ${what}: ${shared} is not there\n`);
  return found;
}

/** A schema of a CRD: OpenAPI v3, structural. */
export interface UpstreamSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, UpstreamSchema>>;
  readonly items?: UpstreamSchema;
  readonly additionalProperties?: UpstreamSchema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

export interface UpstreamVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources?: unknown;
  readonly additionalPrinterColumns?: readonly {
    readonly name: string;
    readonly type: string;
    readonly jsonPath: string;
    readonly priority?: number;
  }[];
  readonly schema: { readonly openAPIV3Schema: UpstreamSchema };
}

export interface UpstreamCrd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: Readonly<Record<string, unknown>>;
    readonly versions: readonly UpstreamVersion[];
  };
}

/** File and name of every CRD that an operator watches. */
export function upstreamIndex(): readonly { readonly file: string; readonly crd: string }[] {
  const [, ...lines] = readFileSync(path.join(shared, 'crds/INDEX.tsv'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [set = '', file = '', crd = ''] = line.split('\t');
    return { file: path.join(set, file), crd };
  });
}

/** One CRD with its full schema. Reading takes up to a second. */
export function upstreamCrd(name: string): UpstreamCrd {
  const entry = upstreamIndex().find(({ crd }) => crd === name);
  if (entry === undefined) throw new Error(`'${name}' is not in the index`);
  return parse(readFileSync(path.join(shared, 'crds', entry.file), 'utf8')) as UpstreamCrd;
}

/** Names, versions and subresources of all CRDs, without their schemas. */
export function upstreamSummaries(): readonly UpstreamCrd[] {
  const list = JSON.parse(readFileSync(path.join(shared, 'crds/compact.json'), 'utf8')) as { items: UpstreamCrd[] };
  return list.items;
}

/** An object of an operator's own installation, in the shared facts about operators. */
export interface OperatorFact {
  readonly kind: string;
  readonly name: string;
  readonly rules?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly roleRef?: { readonly name: string };
  readonly containers?: readonly Readonly<Record<string, unknown>>[];
  readonly data?: Readonly<Record<string, string>>;
}

export function operatorFacts(file: string): readonly OperatorFact[] {
  return JSON.parse(readFileSync(path.join(shared, 'operators', file), 'utf8')) as OperatorFact[];
}
