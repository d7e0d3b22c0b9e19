import { beforeAll, expect, test } from 'vitest';
import { setupJobs } from '../../src/cluster/everything.ts';
import { accountOf, jobNamed, kubectlOf, runJob } from '../../src/cluster/job.ts';
import type { KubernetesObject, Secret, Workload } from '../../src/cluster/kubernetes-object.ts';
import { customResourcesFolder, distFolder, Manifests } from '../../src/cluster/manifests.ts';
import { rightsIn } from '../../src/cluster/rights.ts';
import { describeOnCluster } from '../cluster-stage.ts';

interface CustomResourceDefinition extends KubernetesObject {
  readonly spec: { readonly group: string; readonly names: { readonly kind: string; readonly plural: string } };
}

/** Runs the Jobs' actual commands, each with its Job's ServiceAccount. */
describeOnCluster('the Jobs that set the cluster up', (stage) => {
  const dist = (): Manifests => new Manifests(distFolder);
  const customResources = (): Manifests => new Manifests(customResourcesFolder);

  beforeAll(async () => {
    const { kubectl } = stage().plane;
    await kubectl.run(['apply', '-f', distFolder]);
    const anybody = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'anybody', namespace: 'default' } };
    await kubectl.create(anybody);
  });

  test('bootstrap makes every custom resource', async () => {
    const { plane } = stage();
    await runJob(plane, dist(), jobNamed(dist(), setupJobs.customResources));
    for (const { kind, metadata, apiVersion } of customResources().objects) {
      const resource = `${kind}.${apiVersion.split('/').reverse().join('.')}`;
      await expect(plane.kubectl.get(resource, metadata.name, metadata.namespace)).resolves.toMatchObject({ kind });
    }
  });

  test('bootstrap can run again, and changes nothing', async () => {
    const { plane } = stage();
    const versions = await resourceVersions();
    const printed = await runJob(plane, dist(), jobNamed(dist(), setupJobs.customResources));
    expect(printed.join('').match(/ serverside-applied$/gm)).toHaveLength(customResources().objects.length);
    expect(await resourceVersions()).toEqual(versions);
  });

  test('create-secrets makes Secrets with passwords that dist/ does not hold', async () => {
    const { plane } = stage();
    const before = await secretsOf(jobNamed(dist(), setupJobs.secrets));
    await runJob(plane, dist(), jobNamed(dist(), setupJobs.secrets));
    const after = await secretsOf(jobNamed(dist(), setupJobs.secrets));
    const made = after.filter(({ metadata }) => before.every((secret) => secret.metadata.name !== metadata.name));
    expect(made.length).toBeGreaterThan(0);
    const passwords = made.map(({ data }) => Buffer.from(data?.password ?? data?.root ?? '', 'base64').toString());
    expect(new Set(passwords).size).toBe(made.length);
    for (const password of passwords) expect(password).toMatch(/^[\w-]{32}$/);
  });

  test('create-secrets leaves what is there', async () => {
    const before = await secretsOf(jobNamed(dist(), setupJobs.secrets));
    await runJob(stage().plane, dist(), jobNamed(dist(), setupJobs.secrets));
    expect(await secretsOf(jobNamed(dist(), setupJobs.secrets))).toEqual(before);
  });

  test.each(Object.values(setupJobs))('%s was refused no request', (name) => {
    const account = accountOf(jobNamed(dist(), name));
    const { audit } = stage().plane;
    expect(audit.requests(account.namespace, account.name)).toBeGreaterThan(0);
    expect(audit.forbidden(account.namespace, account.name)).toEqual([]);
  });

  test("bootstrap's account may make and patch the custom resources, see their CRDs, and nothing else", async () => {
    const used = await usedDefinitions();
    const seen = used.flatMap(({ metadata }) =>
      ['get', 'list', 'watch'].map((verb) => `${verb} apiextensions.k8s.io/customresourcedefinitions/${metadata.name}`),
    );
    const made = used.map(({ spec: { group, names } }) => `create ${group}/${names.plural}`);
    const patched = used.flatMap(({ spec: { group, names } }) =>
      customResources()
        .ofKind(names.kind)
        .map(({ metadata }) => `patch ${group}/${names.plural}/${metadata.name}`),
    );
    const job = jobNamed(dist(), setupJobs.customResources);
    expect(await extraRights(job, accountOf(job).namespace)).toEqual([...seen, ...made, ...patched].sort());
    expect(await extraRights(job, 'kube-system')).toEqual(seen.sort());
  });

  test("create-secrets' account may make Secrets in its namespace, and nothing else", async () => {
    const job = jobNamed(dist(), setupJobs.secrets);
    expect(await extraRights(job, accountOf(job).namespace)).toEqual(['create secrets']);
    expect(await extraRights(job, 'kube-system')).toEqual([]);
  });

  test('every other Job has an account without any right', async () => {
    const known = Object.values(setupJobs).map((name) => jobNamed(dist(), name).metadata.name);
    const others = dist()
      .ofKind<Workload>('Job')
      .filter(({ metadata }) => !known.includes(metadata.name));
    expect(others.length).toBeGreaterThan(0);
    for (const job of others) expect(await extraRights(job, accountOf(job).namespace), job.metadata.name).toEqual([]);
  });

  /** Permissions of a Job's account beyond those of an account without any grants. */
  async function extraRights(job: Workload, namespace: string): Promise<readonly string[]> {
    const { plane } = stage();
    const anybody = await plane.kubectl.asServiceAccount('default', 'anybody', `${plane.folder}/anybody.kubeconfig`);
    const known = await rightsIn(namespace, anybody);
    const own = await rightsIn(namespace, await kubectlOf(plane, job));
    return [...own].filter((right) => !known.has(right)).sort();
  }

  async function usedDefinitions(): Promise<readonly CustomResourceDefinition[]> {
    const kinds = new Set(customResources().objects.map(({ kind }) => kind));
    const all = await stage().plane.kubectl.list<CustomResourceDefinition>('customresourcedefinitions');
    return all.filter(({ spec }) => kinds.has(spec.names.kind));
  }

  /** All Secrets in the account's namespace. No operator runs here. */
  async function secretsOf(job: Workload): Promise<readonly Secret[]> {
    return stage().plane.kubectl.list<Secret>('secrets', accountOf(job).namespace);
  }

  async function resourceVersions(): Promise<readonly string[]> {
    const { kubectl } = stage().plane;
    const lines = await kubectl.run([
      'get',
      '-f',
      customResourcesFolder,
      '-o=custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion',
    ]);
    return lines.split('\n');
  }
});
