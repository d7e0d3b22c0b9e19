import { randomBytes } from 'node:crypto';
import { defined } from '@tidb-cdc/runtime/defined';
import { url } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';
import { bodyText, type JsonAnswer, type JsonApi, requestJson } from './http-json.ts';
import { readFileSetting, readJsonSetting, runJob, waitOptions, waitSettings } from './job.ts';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Settings of create-secrets. */
export const createSecretsSettings = z.object({
  ...waitSettings,
  KUBERNETES_URL: url.default('https://kubernetes.default.svc'),
  /** Certificate authority of the API server, as a PEM file. */
  KUBERNETES_CA_FILE: z.string().optional(),
  TOKEN_FILE: z.string().default(`${account}/token`),
  NAMESPACE_FILE: z.string().default(`${account}/namespace`),
  SECRETS_FILE: z.string({
    error: 'must be the path of a JSON file [{"name": …, "type": …, "labels": {…}, "values": {…}, "generate": […]}]',
  }),
});
export type CreateSecretsSettings = z.infer<typeof createSecretsSettings>;

const text = z.record(z.string(), z.string());

/** A Secret to create: its known values, and the keys whose values are generated here. */
export const secretDefinition = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, { error: 'must be the name of a Secret' }),
  type: z.string(),
  labels: text,
  values: text,
  generate: z.array(z.string()).min(1),
});
export type SecretDefinition = z.infer<typeof secretDefinition>;

/** What was done to one Secret. */
export interface SecretResult {
  readonly name: string;
  readonly outcome: 'created' | 'unchanged';
}

/**
 * Creates the Secrets of the file in the cluster, with random passwords. An existing Secret is neither changed nor
 * read: the only right that this needs is to create Secrets.
 *
 * @throws Error with the API server's own message when it refuses
 */
export async function createSecrets(settings: CreateSecretsSettings, log: Logger): Promise<SecretResult[]> {
  const definitions = await readJsonSetting('SECRETS_FILE', settings.SECRETS_FILE, z.array(secretDefinition).min(1));
  const namespace = (await readFileSetting('NAMESPACE_FILE', settings.NAMESPACE_FILE)).trim();
  const token = (await readFileSetting('TOKEN_FILE', settings.TOKEN_FILE)).trim();
  const caFile = settings.KUBERNETES_CA_FILE;
  const ca = caFile && (await readFileSetting('KUBERNETES_CA_FILE', caFile));
  const api: JsonApi = { url: settings.KUBERNETES_URL, token, ...defined({ ca }) };
  const results: SecretResult[] = [];
  for (const definition of definitions) {
    const request = () => create(api, namespace, definition);
    const answer = await waitFor(`the API server at ${api.url}`, request, waitOptions(settings, log));
    results.push({ name: definition.name, outcome: readOutcome(definition, answer) });
    log.info(`secret ${definition.name}: ${results.at(-1)?.outcome}`);
  }
  return results;
}

/** Returns 24 random bytes in base64url: letters, digits, - and _ need no quotes anywhere. */
function password(): string {
  return randomBytes(24).toString('base64url');
}

/** @throws Error when no answer comes, or one that is worth a retry (429, 5xx) */
async function create(api: JsonApi, namespace: string, definition: SecretDefinition): Promise<JsonAnswer> {
  const { name, type, labels, values, generate } = definition;
  const answer = await requestJson(api, 'POST', `/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
    type,
    stringData: { ...values, ...Object.fromEntries(generate.map((key) => [key, password()])) },
  });
  if (answer.status === 429 || answer.status >= 500) {
    throw new Error(`it answered ${answer.status}: ${bodyText(answer)}`);
  }
  return answer;
}

function readOutcome({ name }: SecretDefinition, answer: JsonAnswer): SecretResult['outcome'] {
  if (answer.status === 201) return 'created';
  if (answer.status === 409) return 'unchanged';
  throw new Error(`the API server refused secret ${name} with ${answer.status}: ${bodyText(answer)}`);
}

await runJob(import.meta.url, createSecretsSettings, createSecrets);
