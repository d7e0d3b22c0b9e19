/** A printer column: header, type, path of its value; the last one, above 0, only with `kubectl get -o wide`. */
export type PrinterColumn = readonly [name: string, type: string, jsonPath: string, priority?: number];

/** One version of a kind, as the operator's own CRD has it. */
export interface VersionFacts {
  readonly name: string;
  /** @default true */
  readonly served?: boolean;
  /** @default false */
  readonly storage?: boolean;
  /**
   * Exactly as upstream: TiDB Operator writes the status of a TidbCluster by a plain update, which a status
   * subresource would swallow, and the others through the subresource, which has to be there.
   */
  readonly subresources?: {
    readonly status?: Readonly<Record<string, never>>;
    readonly scale?: {
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      readonly labelSelectorPath?: string;
    };
  };
  readonly columns?: readonly PrinterColumn[];
}

/** What a CRD says about a kind beside its schema. All kinds here are namespaced. */
export interface KindFacts {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** @default the kind in lower case */
  readonly singular?: string;
  /** @default the kind with `List` after it */
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly versions: readonly VersionFacts[];
}
