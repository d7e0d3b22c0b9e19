import { readCertificate } from '@tidb-cdc/runtime/certificate';
import { defined } from '@tidb-cdc/runtime/defined';
import { SettingsError, url } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { readLogin } from '@tidb-cdc/runtime/login';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';
import { bodyText, type JsonAnswer, type JsonApi, requestJson } from './http-json.ts';
import { readJsonSetting, runJob, waitOptions, waitSettings } from './job.ts';
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
  /** Login of the writer, used to check its rights. @default the installer's login, run as the file's `writer` */
  ELASTICSEARCH_WRITER_USERNAME: z.string().optional(),
  ELASTICSEARCH_WRITER_PASSWORD: z.string().optional(),
  INDEX_TEMPLATE_FILE: z.string({ error: 'must be the path of a JSON file {"lifecycles": […], "templates": […]}' }),
});
export type InstallIndexTemplateSettings = z.infer<typeof installIndexTemplateSettings>;

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'must be lower-case letters, digits and ._-' });

const named = z.object({ name, body: z.looseObject({}) });

/**
 * The content of INDEX_TEMPLATE_FILE: names, and bodies for `PUT _ilm/policy/<name>`, `PUT _index_template/<name>`,
 * `PUT _snapshot/<name>` and `PUT _slm/policy/<name>`.
 */
const indexTemplateFile = z.object({
  writer: z
    .object({
      /** The user whose rights are checked when no login of the writer is set. */
      username: z.string().optional(),
      indices: z.array(z.object({ names: z.array(z.string()), privileges: z.array(z.string()) })),
    })
    .optional(),
  snapshots: z.object({ repository: named, policy: named }).optional(),
  lifecycles: z.array(z.object({ name, body: z.looseObject({ policy: z.looseObject({}) }) })).default([]),
  templates: z
    .array(
      z.object({
        name,
        body: z.looseObject({
          index_patterns: z.array(z.string()).min(1),
          template: z.looseObject({ aliases: z.record(z.string(), z.unknown()).optional() }).optional(),
        }),
      }),
    )
    .min(1),
});

/** What was done with one lifecycle or template, and the paths that differed before. */
export interface Installed {
  /** as log lines name it, such as `index template cdc-events` */
  readonly what: string;
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly differences: readonly string[];
}

/**
 * Installs the file's lifecycles, index templates and snapshot policy in Elasticsearch. Each is written only if it
 * differs. Then checks the rights of the writer.
 *
 * @throws Error with Elasticsearch's own reason when it refuses one, and when an index or a data stream has the name of
 * a template's alias
 */
export async function installIndexTemplate(
  settings: InstallIndexTemplateSettings,
  log: Logger,
): Promise<readonly Installed[]> {
  const endpoint = readEndpoint(settings);
  const file = await readJsonSetting('INDEX_TEMPLATE_FILE', settings.INDEX_TEMPLATE_FILE, indexTemplateFile);
  const writer = file.writer && asWriter(endpoint, settings, file.writer);
  await waitFor(`Elasticsearch at ${endpoint.url}`, () => checkMaster(endpoint), waitOptions(settings, log));
  for (const { body } of file.templates) {
    for (const alias of Object.keys(body.template?.aliases ?? {})) await requireFreeName(endpoint, alias);
  }
  const installed: Installed[] = [];
  // lifecycles first, because templates refer to them
  for (const { name, body } of file.lifecycles) {
    const what = { title: `lifecycle ${name}`, path: `/_ilm/policy/${name}`, body, read: storedUnder(name) };
    installed.push(await install(endpoint, what, log));
  }
  for (const { name, body } of file.templates) {
    const what = { title: `index template ${name}`, path: `/_index_template/${name}`, body, read: storedTemplate };
    installed.push(await install(endpoint, what, log));
  }
  for (const what of snapshotParts(file.snapshots)) installed.push(await install(endpoint, what, log));
  if (writer !== undefined) {
    const what = `the rights of Elasticsearch's user ${writer.username}`;
    await waitFor(what, () => requireRights(writer), waitOptions(settings, log));
  }
  return installed;
}

type WriterInFile = NonNullable<z.infer<typeof indexTemplateFile>['writer']>;

/** The user that writes documents, the rights it needs, and the API with which to ask for them as that user. */
interface Writer {
  readonly username: string;
  readonly api: JsonApi;
  readonly indices: WriterInFile['indices'];
}

/** Uses the writer's own login if set, or else the installer's login with `run_as`. */
function asWriter(api: JsonApi, settings: InstallIndexTemplateSettings, { username, indices }: WriterInFile): Writer {
  const login = readLogin(settings, 'ELASTICSEARCH_WRITER');
  if (login !== undefined) return { username: login.username, api: { ...api, login }, indices };
  if (username !== undefined)
    return { username, api: { ...api, headers: { 'es-security-runas-user': username } }, indices };
  throw new SettingsError([
    `ELASTICSEARCH_WRITER_USERNAME is not set: ${settings.INDEX_TEMPLATE_FILE} names no writer, so the writer's login must be set`,
  ]);
}

const privileges = z.object({
  has_all_requested: z.boolean(),
  index: z.record(z.string(), z.record(z.string(), z.boolean())),
});

/**
 * Fails on a missing right here, before Elasticsearch refuses documents for it and Filebeat sets them aside. The caller
 * waits, because Elasticsearch may not have read the files with its users yet.
 */
async function requireRights({ username, api, indices }: Writer): Promise<void> {
  const path = '/_security/user/_has_privileges';
  const answer = await requestJson(api, 'POST', path, { index: indices });
  const found = privileges.safeParse(answer.body);
  if (answer.status !== 200 || !found.success) throw refusal(`POST ${path} as ${username}`, answer);
  if (found.data.has_all_requested) return;
  const missing = Object.entries(found.data.index).flatMap(([name, granted]) =>
    Object.entries(granted).flatMap(([privilege, has]) => (has ? [] : [`${privilege} on ${name}`])),
  );
  throw new Error(`the role of ${username} does not grant ${missing.join(', ')}`);
}

interface Wanted {
  readonly title: string;
  readonly path: string;
  readonly body: JsonObject;
  /** extracts the stored body from the answer to a GET; undefined for an unexpected answer */
  readonly read: (answer: unknown) => JsonObject | undefined;
}

async function install(endpoint: JsonApi, { title, path, body, read }: Wanted, log: Logger): Promise<Installed> {
  const found = await requestJson(endpoint, 'GET', path);
  const stored = found.status === 200 ? read(found.body) : undefined;
  if (stored === undefined && found.status !== 404) throw refusal(`GET ${path}`, found);
  const differences = stored === undefined ? [] : templateDifference(body, stored);
  if (stored !== undefined && differences.length === 0) {
    log.info(`${title}: unchanged`);
    return { what: title, outcome: 'unchanged', differences };
  }
  const answer = await requestJson(endpoint, 'PUT', path, body);
  if (answer.status !== 200) throw refusal(`PUT ${path}`, answer);
  const outcome = stored === undefined ? 'created' : 'updated';
  log.info(`${title}: ${outcome}${describe(differences)}`);
  return { what: title, outcome, differences };
}

function describe(differences: readonly string[]): string {
  const shown = differences.slice(0, 3).join(', ');
  const more = differences.length > 3 ? ` and ${differences.length - 3} more` : '';
  return shown === '' ? '' : ` (${shown}${more} differed)`;
}

/** The snapshot repository, which Elasticsearch checks when it is written, and the policy that schedules snapshots. */
function snapshotParts(snapshots: z.infer<typeof indexTemplateFile>['snapshots']): readonly Wanted[] {
  if (snapshots === undefined) return [];
  const { repository, policy } = snapshots;
  return [
    {
      title: `snapshot repository ${repository.name}`,
      path: `/_snapshot/${repository.name}`,
      body: repository.body,
      read: storedUnder(repository.name),
    },
    {
      title: `snapshot policy ${policy.name}`,
      path: `/_slm/policy/${policy.name}`,
      body: policy.body,
      read: (answer) => z.looseObject({}).safeParse(storedUnder(policy.name)(answer)?.policy).data,
    },
  ];
}

const storedTemplates = z.object({
  index_templates: z.array(z.object({ index_template: z.looseObject({}) })).min(1),
});

function storedTemplate(answer: unknown): JsonObject | undefined {
  return storedTemplates.safeParse(answer).data?.index_templates[0]?.index_template;
}

/** Reads the member of an answer that has the requested name. */
function storedUnder(name: string): (answer: unknown) => JsonObject | undefined {
  return (answer) => z.record(z.string(), z.looseObject({})).safeParse(answer).data?.[name];
}

const names = z.array(z.object({ name: z.string() })).default([]);
const resolvedNames = z.object({ indices: names, data_streams: names });

/**
 * Checks that no index or data stream has the alias's name: Elasticsearch would refuse every index of the template.
 * Earlier versions of this system wrote to a data stream with that name.
 */
async function requireFreeName(endpoint: JsonApi, alias: string): Promise<void> {
  const path = `/_resolve/index/${alias}`;
  const answer = await requestJson(endpoint, 'GET', path);
  if (answer.status === 404) return;
  const found = resolvedNames.safeParse(answer.body);
  if (answer.status !== 200 || !found.success) throw refusal(`GET ${path}`, answer);
  const { indices, data_streams: dataStreams } = found.data;
  const taken = [
    ...indices.map((index) => ({ ...index, kind: 'an index', remove: '' })),
    ...dataStreams.map((stream) => ({ ...stream, kind: 'a data stream', remove: '_data_stream/' })),
  ].find(({ name }) => name === alias);
  if (taken === undefined) return;
  throw new Error(
    `cannot create the alias ${alias}: Elasticsearch has ${taken.kind} of that name. Remedy: delete it ` +
      `(DELETE /${taken.remove}${alias}), run this again, and consume the topic again to restore its documents; ` +
      'docs/operations.md, "From the data stream to an index per day", has the commands',
  );
}

function readEndpoint(settings: InstallIndexTemplateSettings): JsonApi {
  const { ELASTICSEARCH_URL: url, ELASTICSEARCH_CA_FILE: file } = settings;
  const ca = readCertificate('ELASTICSEARCH_CA_FILE', file);
  return { url, ...defined({ login: readLogin(settings, 'ELASTICSEARCH'), ca }) };
}

/** Elasticsearch reports cluster health only once there is a master, which templates need. */
async function checkMaster(endpoint: JsonApi): Promise<void> {
  const path = '/_cluster/health';
  const answer = await requestJson(endpoint, 'GET', path);
  if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
}

/** Returns an error with the server's whole chain of reasons: the first often only names the template. */
function refusal(request: string, answer: JsonAnswer): Error {
  const reasons: string[] = [];
  let cause: unknown = hasError(answer.body) ? answer.body.error : undefined;
  while (isReason(cause)) {
    if (reasons.at(-1) !== cause.reason) reasons.push(cause.reason);
    cause = cause.caused_by;
  }
  const reason = reasons.length > 0 ? reasons.join(': ') : bodyText(answer).slice(0, 300);
  return new Error(`Elasticsearch answered ${request} with ${answer.status}: ${reason}`);
}

function hasError(body: unknown): body is { error: unknown } {
  return typeof body === 'object' && body !== null && 'error' in body;
}

function isReason(value: unknown): value is { reason: string; caused_by?: unknown } {
  return typeof value === 'object' && value !== null && 'reason' in value && typeof value.reason === 'string';
}

await runJob(import.meta.url, installIndexTemplateSettings, installIndexTemplate);
