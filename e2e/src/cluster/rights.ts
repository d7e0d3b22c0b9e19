import type { Kubectl } from './kubectl.ts';

interface RulesReview {
  readonly status: {
    readonly incomplete: boolean;
    readonly resourceRules: readonly {
      readonly verbs: readonly string[];
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly resourceNames?: readonly string[];
    }[];
    readonly nonResourceRules: readonly {
      readonly verbs: readonly string[];
      readonly nonResourceURLs?: readonly string[];
    }[];
  };
}

/**
 * Everything that kubectl's user may do in a namespace, as listed by the server (like `kubectl auth can-i --list`):
 * `patch kafka.strimzi.io/kafkas`, `get pods/my-pod`, `get /healthz`.
 */
export async function rightsIn(namespace: string, kubectl: Kubectl): Promise<ReadonlySet<string>> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  // Client-side validation would read the cluster's CRDs, which few users may list.
  const args = ['create', '--validate=false', '-o=json', '-f', '-'];
  const { status } = JSON.parse(await kubectl.run(args, { input: JSON.stringify(review) })) as RulesReview;
  if (status.incomplete) throw new Error(`the server could not list all rights in ${namespace}`);
  const resources = status.resourceRules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) =>
    combine(verbs, apiGroups, resources, resourceNames.length === 0 ? [''] : resourceNames.map((name) => `/${name}`)),
  );
  const urls = status.nonResourceRules.flatMap(({ verbs, nonResourceURLs = [] }) =>
    verbs.flatMap((verb) => nonResourceURLs.map((url) => `${verb} ${url}`)),
  );
  return new Set([...resources, ...urls]);
}

function combine(
  verbs: readonly string[],
  groups: readonly string[],
  resources: readonly string[],
  names: readonly string[],
): readonly string[] {
  return verbs.flatMap((verb) =>
    groups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => `${verb} ${group === '' ? '' : `${group}/`}${resource}${name}`),
      ),
    ),
  );
}
