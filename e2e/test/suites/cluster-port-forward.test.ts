import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fetchAnswer, fetchText } from '@tidb-cdc/runtime/http';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { forwardPort } from '@tidb-cdc/verify/kubernetes/port-forward';
import { startTlsRelay } from '@tidb-cdc/verify/kubernetes/tls-relay';
import { afterAll, expect, test } from 'vitest';
import { distFolder } from '../../src/cluster/manifests.ts';
import { fetchGoProgram } from '../../src/go-programs.ts';
import { describeOnCluster, say } from '../cluster-stage.ts';

const consumerPort = 9464;
const server = createServer((request, response) => response.end(`answer to ${request.url}`));

/** Tests how verify reaches a cluster's services from outside. */
describeOnCluster(
  'port-forwards',
  (stage) => {
    afterAll(() => server.close());

    test('a Service of dist/ is reached on a port of loopback, until the forward is closed', async () => {
      const { plane } = stage();
      await plane.kubectl.run(['apply', '-f', distFolder]);
      const kubectl = await fetchGoProgram('kubectl', say);
      const env = { ...process.env, KUBECONFIG: join(plane.folder, 'kubeconfig') };
      const options = { kubectl, env, namespace: 'cdc', to: 'service/consumer', port: consumerPort };
      const forward = await waitFor('the forward to the consumer', () => forwardPort(options), { timeoutMs: 60_000 });
      const url = `http://127.0.0.1:${forward.port}`;
      await expect(fetchText(`${url}/readyz`)).resolves.toBe('answer to /readyz');
      forward.close();
      await waitFor('the end of the forward', () => expect(fetchText(url)).rejects.toThrow('gave no answer'), {
        timeoutMs: 10_000,
      });
    });

    test('a Service that is not there is an error that says so', async () => {
      const kubectl = await fetchGoProgram('kubectl', say);
      const env = { ...process.env, KUBECONFIG: join(stage().plane.folder, 'kubeconfig') };
      const forward = forwardPort({ kubectl, env, namespace: 'cdc', to: 'service/nobody', port: 1 });
      await expect(forward).rejects.toThrow('services "nobody" not found');
    });

    test('a server under TLS is reached only where its certificate has the name', async () => {
      const { plane } = stage();
      const authority = readFileSync(plane.certificate, 'utf8');
      const options = { port: plane.apiPort, authority, username: 'somebody', password: 'wrong' };
      const relay = await startTlsRelay({ ...options, serverName: 'kubernetes.default.svc' });
      await expect(fetchText(`${relay}/version`)).resolves.toContain('gitVersion');
      const other = await startTlsRelay({ ...options, serverName: 'elsewhere.default.svc' });
      expect(await fetchAnswer(`${other}/version`)).toMatchObject({ status: 502 });
    });
  },
  {
    settings: async () => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { podPorts: { [consumerPort]: (server.address() as AddressInfo).port } };
    },
  },
);
