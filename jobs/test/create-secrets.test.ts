import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@tidb-cdc/runtime/log';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSecrets, createSecretsSettings } from '../src/create-secrets.ts';

const log = createLogger({ level: 'silent', dataset: 'cdc.jobs' });
const definition = {
  name: 'tidb-application',
  type: 'kubernetes.io/basic-auth',
  labels: { 'app.kubernetes.io/part-of': 'tidb-cdc' },
  values: { username: 'shop_app' },
  generate: ['password'],
};

interface Request {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly stringData: Readonly<Record<string, string>> };
}

let folder: string;
let server: Server;
let requests: Request[];
/** The API server's next answers, one per request. */
let answers: { readonly status: number; readonly text: string }[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'create-secrets-'));
  writeFileSync(path.join(folder, 'token'), 'a-token\n');
  writeFileSync(path.join(folder, 'namespace'), 'cdc');
  requests = [];
  answers = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Request['body'];
      requests.push({ method, url, authorization: headers.authorization, body });
      const answer = answers.shift() ?? { status: 201, text: '{}' };
      response.writeHead(answer.status).end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function run(definitions: unknown, overrides: Readonly<Record<string, string>> = {}) {
  const file = path.join(folder, 'secrets.json');
  writeFileSync(file, JSON.stringify(definitions));
  const settings = createSecretsSettings.parse({
    KUBERNETES_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    TOKEN_FILE: path.join(folder, 'token'),
    NAMESPACE_FILE: path.join(folder, 'namespace'),
    SECRETS_FILE: file,
    WAIT_TIMEOUT_SECONDS: '5',
    ...overrides,
  });
  return createSecrets(settings, log);
}

describe('createSecrets', () => {
  test('makes a Secret with a password that nobody chose, as its own account', async () => {
    const other = { ...definition, name: 'grafana-admin' };
    expect(await run([definition, other])).toEqual([
      { name: 'tidb-application', outcome: 'created' },
      { name: 'grafana-admin', outcome: 'created' },
    ]);
    const [first, second] = requests;
    expect(first).toMatchObject({
      method: 'POST',
      url: '/api/v1/namespaces/cdc/secrets',
      authorization: 'Bearer a-token',
      body: {
        kind: 'Secret',
        type: 'kubernetes.io/basic-auth',
        metadata: { name: 'tidb-application', labels: definition.labels },
        stringData: { username: 'shop_app', password: expect.stringMatching(/^[\w-]{32}$/) },
      },
    });
    expect(second?.body.stringData.password).not.toBe(first?.body.stringData.password);
  });

  test('leaves a Secret that exists as it is', async () => {
    answers = [{ status: 409, text: '{"reason":"AlreadyExists"}' }];
    expect(await run([definition])).toEqual([{ name: 'tidb-application', outcome: 'unchanged' }]);
  });

  test('waits for an API server that is not ready', async () => {
    answers = [{ status: 503, text: 'starting' }];
    expect(await run([definition])).toEqual([{ name: 'tidb-application', outcome: 'created' }]);
    expect(requests).toHaveLength(2);
  });

  test('fails with the answer of an API server that refuses', async () => {
    answers = [{ status: 403, text: 'secrets is forbidden' }];
    await expect(run([definition])).rejects.toThrow(
      'the API server refused secret tidb-application with 403: secrets is forbidden',
    );
  });

  test('names a certificate authority that cannot be read', async () => {
    await expect(run([definition], { KUBERNETES_CA_FILE: '/nowhere/ca.crt' })).rejects.toThrow(
      'KUBERNETES_CA_FILE=/nowhere/ca.crt: cannot be read',
    );
  });

  test('names what is wrong in the file', async () => {
    await expect(run([{ ...definition, name: 'Not A Name' }])).rejects.toThrow(
      /SECRETS_FILE=.*\[0\]\.name="Not A Name": must be the name of a Secret/,
    );
  });
});
