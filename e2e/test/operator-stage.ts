import { join } from 'node:path';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyEverything } from '../src/cluster/everything.ts';
import { type KubernetesObject, qualifiedName } from '../src/cluster/kubernetes-object.ts';
import { customResourcesFolder, distFolder, Manifests } from '../src/cluster/manifests.ts';
import { type Operator, type OperatorName, startOperator } from '../src/cluster/operators.ts';
import { fetchGoProgram } from '../src/go-programs.ts';
import { type ClusterStage, describeOnCluster, type StageOptions, say } from './cluster-stage.ts';

/** A cluster with dist/ and its custom resources, and one running operator. */
export interface OperatorStage extends ClusterStage {
  readonly operator: Operator;
  readonly customResources: Manifests;
  /** Waits until an object exists and passes a check. */
  eventually<T extends KubernetesObject>(kind: string, name: string, check?: (object: T) => void): Promise<T>;
}

/** Time limit for an operator's own actions; most take seconds. */
export const reconcileTimeoutMs = 120_000;

interface Replicated extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

interface Event extends KubernetesObject {
  readonly reason?: string;
  readonly message?: string;
}

/** Declares tests on what an operator creates from our resources, with its permissions from dist/. */
export function describeOperator(
  name: OperatorName,
  tests: (stage: () => OperatorStage) => void,
  options: StageOptions = {},
): void {
  const declare = (cluster: () => ClusterStage): void => {
    let stage: OperatorStage | undefined;
    const current = (): OperatorStage => {
      if (stage === undefined) throw new Error(`${name} is asked for before it runs`);
      return stage;
    };

    beforeAll(async () => {
      const program = await fetchGoProgram(name, say);
      const { plane } = cluster();
      const dist = new Manifests(distFolder);
      await applyEverything(plane, dist);
      const operator = await startOperator(name, { plane, program, manifests: dist });
      const customResources = new Manifests(customResourcesFolder);
      stage = { plane, customResources, operator, eventually };
    });

    afterAll(() => stage?.operator.stop());

    tests(current);

    test('was refused no request', () => {
      const { plane, operator } = current();
      expect(plane.audit.requests(operator.namespace, operator.serviceAccount)).toBeGreaterThan(0);
      expect(plane.audit.forbidden(operator.namespace, operator.serviceAccount)).toEqual([]);
      expect(refusalsIn(operator.log())).toEqual([]);
    });

    test('has every pod that it wants: the cluster refuses none', async () => {
      const { plane, operator } = current();
      await waitFor(
        'the pods of every workload',
        async () => {
          const kinds = ['statefulsets', 'deployments'].map((kind) =>
            plane.kubectl.list<Replicated>(kind, operator.namespace),
          );
          const waiting = (await Promise.all(kinds)).flat().filter(({ spec, status }) => {
            return (status?.replicas ?? 0) < (spec.replicas ?? 1);
          });
          expect(waiting.map(qualifiedName)).toEqual([]);
        },
        { timeoutMs: reconcileTimeoutMs },
      );
      const events = await plane.kubectl.list<Event>('events', operator.namespace);
      expect(events.filter(({ reason }) => reason === 'FailedCreate').map(({ message }) => message)).toEqual([]);
    });

    const eventually: OperatorStage['eventually'] = (kind, objectName, check = () => {}) =>
      waitFor(
        `${kind} ${objectName} as expected`,
        async () => {
          const { plane, operator } = current();
          const object = await plane.kubectl.get<never>(kind, objectName, operator.namespace);
          check(object);
          return object;
        },
        { timeoutMs: reconcileTimeoutMs },
      );
  };
  describeOnCluster(`${name} with the ServiceAccount of dist/`, declare, options);
}

/** Lines of an operator's log that report a refused request. */
export function refusalsIn(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => /forbidden|unauthorized|cannot (get|list|watch|create|update|patch|delete) resource/i.test(line));
}

/** Our only custom resource of a kind. */
export function only<T extends KubernetesObject>({ customResources }: OperatorStage, kind: string): T {
  const found = customResources.ofKind<T>(kind);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`dist/crs holds ${found.length} of ${kind}, not one`);
  return first;
}

/** Path of a file in the cluster's folder. */
export function scratchFile({ plane }: ClusterStage, name: string): string {
  return join(plane.folder, name);
}
