import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { parseAllDocuments } from 'yaml';
import { isWorkload, type KubernetesObject, qualifiedName, type Workload } from './kubernetes-object.ts';

/** A folder of manifests, read like `kubectl apply -f` does: without subfolders. */
export class Manifests {
  readonly folder: string;
  readonly objects: readonly KubernetesObject[];

  constructor(folder: string) {
    this.folder = folder;
    this.objects = readObjects(folder);
  }

  /** The only object of a kind and name. @throws Error when there is none, or more than one */
  one<T extends KubernetesObject>(kind: string, name: string): T {
    const found = this.objects.filter((object) => object.kind === kind && object.metadata.name === name);
    const [object] = found;
    if (object === undefined || found.length > 1) {
      throw new Error(`${this.folder} holds ${found.length} of ${kind} ${name}, not one`);
    }
    return object as T;
  }

  ofKind<T extends KubernetesObject>(kind: string): readonly T[] {
    return this.objects.filter((object) => object.kind === kind) as readonly KubernetesObject[] as readonly T[];
  }

  workloads(): readonly Workload[] {
    return this.objects.filter(isWorkload);
  }
}

/** The output of `npm run synth` for kind. */
export const distFolder = repositoryFile('dist');

/** Its custom resources, one file each. */
export const customResourcesFolder = join(distFolder, 'crs');

function readObjects(folder: string): readonly KubernetesObject[] {
  if (!existsSync(folder)) throw new Error(`${folder} is not there: run 'npm run synth'`);
  const files = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name));
  return files.sort().flatMap((name) => {
    const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'));
    if ('empty' in documents) return [];
    return documents.map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw new Error(`${join(folder, name)}: ${error.message}`);
      const object = document.toJS() as KubernetesObject;
      if (typeof object?.kind !== 'string') throw new Error(`${join(folder, name)} holds something without a kind`);
      return object;
    });
  });
}

/** Sorted names of objects, for comparison. */
export function sortedNames(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.map(qualifiedName).sort();
}
