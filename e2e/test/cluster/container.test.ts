import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type LocalCommandOptions, localCommand } from '../../src/cluster/container.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-container-'));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'resources', namespace: 'cdc' },
  data: { 'a.yaml': 'first', 'b.yaml': 'second' },
};

function options(container: Partial<LocalCommandOptions['container']>): LocalCommandOptions {
  const volumes = [{ name: 'files', configMap: { name: 'resources' } }];
  const whole = { name: 'main', image: 'any', ...container };
  return {
    pod: { containers: [whole], volumes },
    container: whole,
    namespace: 'cdc',
    podName: 'pod-0',
    configMaps: [configMap],
    folder,
  };
}

test('the paths of mounted files become those of the files here', () => {
  const { args } = localCommand(
    options({
      command: ['kubectl', 'apply'],
      args: ['-f', '/resources', '--filename=/resources/a.yaml', '/resources-elsewhere'],
      volumeMounts: [{ name: 'files', mountPath: '/resources' }],
    }),
  );
  const files = join(folder, 'files');
  expect(args).toEqual(['kubectl', 'apply', '-f', files, `--filename=${files}/a.yaml`, '/resources-elsewhere']);
  expect(readFileSync(join(files, 'b.yaml'), 'utf8')).toBe('second');
});

test('variables get their values, from fields of the pod too, and are put into arguments', () => {
  const env = [
    { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'LEVEL', value: '2' },
  ];
  expect(localCommand(options({ args: ['--in=$(NAMESPACE)', '--of=$(OTHER)'], env }))).toEqual({
    args: ['--in=cdc', '--of=$(OTHER)'],
    env: { NAMESPACE: 'cdc', LEVEL: '2' },
  });
});

test('a variable that only a pod has is an error', () => {
  const env = [{ name: 'HOST', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }];
  expect(() => localCommand(options({ env }))).toThrow('HOST takes its value from spec.nodeName');
});

test('a ConfigMap that is not there is an error', () => {
  const container = options({ volumeMounts: [{ name: 'files', mountPath: '/resources' }] });
  expect(() => localCommand({ ...container, configMaps: [] })).toThrow('mounts ConfigMap resources: there is none');
});
