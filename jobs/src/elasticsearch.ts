import { url } from '@tidb-cdc/consumer/environment';
import { z } from 'zod';
import { type HttpAnswer, type HttpEndpoint, requestJson } from './http-json.ts';
import { readFileOf } from './job.ts';
import { readLogin } from './login.ts';

/** Settings of a job that works on Elasticsearch. A user name and its password go together. */
export const elasticsearchSettings = {
  ELASTICSEARCH_URL: url.default('http://127.0.0.1:9200'),
  ELASTICSEARCH_USERNAME: z.string().optional(),
  ELASTICSEARCH_PASSWORD: z.string().optional(),
  ELASTICSEARCH_CA_FILE: z.string().optional(),
};

/** Where Elasticsearch is and how it is entered. @throws SettingsError for half a login or a file that is not there */
export async function readEndpoint(
  settings: z.infer<z.ZodObject<typeof elasticsearchSettings>>,
): Promise<HttpEndpoint> {
  const credentials = readLogin(settings, 'ELASTICSEARCH');
  const file = settings.ELASTICSEARCH_CA_FILE;
  return {
    url: settings.ELASTICSEARCH_URL,
    ...(credentials === undefined ? {} : { credentials }),
    ...(file === undefined ? {} : { ca: await readFileOf('ELASTICSEARCH_CA_FILE', file) }),
  };
}

/** Throws until there is a master, which templates, users and roles need: only then cluster health is answered. */
export async function checkMaster(endpoint: HttpEndpoint): Promise<void> {
  const path = '/_cluster/health';
  const answer = await requestJson(endpoint, 'GET', path);
  if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
}

/** The error for an answer that is not the expected one, with Elasticsearch's own reason. */
export function refusal(request: string, answer: HttpAnswer): Error {
  const parsed = errorBody.safeParse(answer.body);
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const reason = parsed.success ? parsed.data.error.reason : text.slice(0, 300);
  return new Error(`Elasticsearch answered ${request} with ${answer.status}: ${reason}`);
}

const errorBody = z.object({ error: z.object({ reason: z.string() }) });
