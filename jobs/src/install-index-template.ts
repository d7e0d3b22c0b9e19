import { url } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { readLogin } from '@tidb-cdc/runtime/login';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';
import { type HttpAnswer, type HttpEndpoint, requestJson } from './http-json.ts';
import { readFileOf, readJsonOf, runJob, waitOptions, waitSettings } from './job.ts';
import { type JsonObject, templateDifference } from './template-difference.ts';

/** Settings of install-index-template. A user name and its password go together. */
export const installIndexTemplateSettings = z.object({
  ...waitSettings,
  // it appears in log lines
  ELASTICSEARCH_URL: url
    .refine((text) => new URL(text).username === '', {
      error: 'must not hold a user: set ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD',
    })
    .default('http://127.0.0.1:9200'),
  ELASTICSEARCH_USERNAME: z.string().optional(),
  ELASTICSEARCH_PASSWORD: z.string().optional(),
  ELASTICSEARCH_CA_FILE: z.string().optional(),
  INDEX_TEMPLATE_FILE: z.string({ error: 'must be the path of a JSON file {"name": …, "body": {…}}' }),
});
export type InstallIndexTemplateSettings = z.infer<typeof installIndexTemplateSettings>;

/** The content of INDEX_TEMPLATE_FILE: the name, and the body as `PUT _index_template/<name>` takes it. */
const indexTemplateFile = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'must be lower-case letters, digits and ._-' }),
  body: z.looseObject({ index_patterns: z.array(z.string()).min(1) }),
});

/** What was done, and the paths that differed before. */
export interface IndexTemplateResult {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly differences: readonly string[];
}

/**
 * Makes the index template in Elasticsearch what the file says. It is written only where it differs.
 *
 * @throws Error with Elasticsearch's own reason where it refuses the template
 */
export async function installIndexTemplate(
  settings: InstallIndexTemplateSettings,
  log: Logger,
): Promise<IndexTemplateResult> {
  const endpoint = await readEndpoint(settings);
  const template = await readJsonOf('INDEX_TEMPLATE_FILE', settings.INDEX_TEMPLATE_FILE, indexTemplateFile);
  await waitFor(`Elasticsearch at ${endpoint.url}`, () => checkMaster(endpoint), waitOptions(settings, log));

  const path = `/_index_template/${template.name}`;
  const stored = await readStored(endpoint, path);
  const differences = stored === undefined ? [] : templateDifference(template.body, stored);
  if (stored !== undefined && differences.length === 0) {
    log.info(`index template ${template.name}: unchanged`);
    return { outcome: 'unchanged', differences };
  }
  const answer = await requestJson(endpoint, 'PUT', path, template.body);
  if (answer.status !== 200) throw refusal(`PUT ${path}`, answer);
  const outcome = stored === undefined ? 'created' : 'updated';
  log.info(`index template ${template.name}: ${outcome}${describe(differences)}`);
  return { outcome, differences };
}

function describe(differences: readonly string[]): string {
  const shown = differences.slice(0, 3).join(', ');
  const more = differences.length > 3 ? ` and ${differences.length - 3} more` : '';
  return shown === '' ? '' : ` (${shown}${more} differed)`;
}

async function readEndpoint(settings: InstallIndexTemplateSettings): Promise<HttpEndpoint> {
  const credentials = readLogin(settings, 'ELASTICSEARCH');
  const file = settings.ELASTICSEARCH_CA_FILE;
  return {
    url: settings.ELASTICSEARCH_URL,
    ...(credentials === undefined ? {} : { credentials }),
    ...(file === undefined ? {} : { ca: await readFileOf('ELASTICSEARCH_CA_FILE', file) }),
  };
}

/** Cluster health is answered only once there is a master, which a template needs. */
async function checkMaster(endpoint: HttpEndpoint): Promise<void> {
  const path = '/_cluster/health';
  const answer = await requestJson(endpoint, 'GET', path);
  if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
}

const storedTemplates = z.object({ index_templates: z.array(z.object({ index_template: z.looseObject({}) })) });

async function readStored(endpoint: HttpEndpoint, path: string): Promise<JsonObject | undefined> {
  const answer = await requestJson(endpoint, 'GET', path);
  if (answer.status === 404) return undefined;
  const found = storedTemplates.safeParse(answer.body);
  if (answer.status !== 200 || !found.success) throw refusal(`GET ${path}`, answer);
  return found.data.index_templates[0]?.index_template;
}

/** The server's reasons, from what it refused to why: the first often only names the template. */
function refusal(request: string, answer: HttpAnswer): Error {
  const reasons: string[] = [];
  let cause: unknown = hasError(answer.body) ? answer.body.error : undefined;
  while (isReason(cause)) {
    if (reasons.at(-1) !== cause.reason) reasons.push(cause.reason);
    cause = cause.caused_by;
  }
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const reason = reasons.length > 0 ? reasons.join(': ') : text.slice(0, 300);
  return new Error(`Elasticsearch answered ${request} with ${answer.status}: ${reason}`);
}

function hasError(body: unknown): body is { error: unknown } {
  return typeof body === 'object' && body !== null && 'error' in body;
}

function isReason(value: unknown): value is { reason: string; caused_by?: unknown } {
  return typeof value === 'object' && value !== null && 'reason' in value && typeof value.reason === 'string';
}

await runJob(import.meta.url, installIndexTemplateSettings, installIndexTemplate);
