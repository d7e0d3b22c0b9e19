import { isDeepStrictEqual } from 'node:util';
import { readEnvironment } from '@tidb-cdc/consumer/environment';
import type { Logger } from '@tidb-cdc/consumer/log';
import { z } from 'zod';
import { checkMaster, elasticsearchSettings, readEndpoint, refusal } from './elasticsearch.ts';
import { type ElasticsearchUser, elasticsearchUser } from './elasticsearch-user.ts';
import { type HttpEndpoint, requestJson } from './http-json.ts';
import { readJsonOf, runJob, waitSettings } from './job.ts';
import { waitFor } from './wait.ts';

/** Settings of create-elasticsearch-users, whose own login has to be one that may manage users. */
export const createElasticsearchUsersSettings = z.object({
  ...waitSettings,
  ...elasticsearchSettings,
  ELASTICSEARCH_USERS_FILE: z.string({
    error: 'must be the path of a JSON file [{"username": …, "passwordVariable": …, "role": {…}}]',
  }),
});
export type CreateElasticsearchUsersSettings = z.infer<typeof createElasticsearchUsersSettings>;

/** What a run changed, a phrase each; empty where everything was in place. */
export interface UsersResult {
  readonly done: readonly string[];
}

/**
 * Makes the file's users exist in Elasticsearch, each with its password and exactly its role. Nothing is written where
 * nothing differs. `env` holds the passwords.
 *
 * @throws SettingsError for a password that is not set, Error with Elasticsearch's own reason where it refuses one
 */
export async function createElasticsearchUsers(
  settings: CreateElasticsearchUsersSettings,
  log: Logger,
  env: NodeJS.ProcessEnv = process.env,
): Promise<UsersResult> {
  const endpoint = await readEndpoint(settings);
  const users = await readJsonOf(
    'ELASTICSEARCH_USERS_FILE',
    settings.ELASTICSEARCH_USERS_FILE,
    z.array(elasticsearchUser),
  );
  const passwords = readPasswords(users, env);
  await waitFor(`Elasticsearch at ${endpoint.url}`, () => checkMaster(endpoint), {
    timeoutSeconds: settings.WAIT_TIMEOUT_SECONDS,
    log,
  });

  const done: string[] = [];
  for (const user of users) {
    if (await ensureRole(endpoint, user)) done.push(`set the role of ${user.username}`);
    if (await ensureUser(endpoint, user, passwords[user.passwordVariable] ?? '')) done.push(`set ${user.username}`);
  }
  log.info(done.length === 0 ? 'users of Elasticsearch: nothing to do' : done.join('; '));
  return { done };
}

function readPasswords(users: readonly ElasticsearchUser[], env: NodeJS.ProcessEnv): Record<string, string> {
  const password = z.string({ error: 'must be the password of a user' }).min(6, { error: 'must have six characters' });
  const variables = users.map(({ passwordVariable }) => [passwordVariable, password] as const);
  return z.record(z.string(), z.string()).parse(readEnvironment(z.object(Object.fromEntries(variables)), env));
}

/** Elasticsearch answers with members of its own beside what was put, such as `metadata`. */
const storedRole = z.object({
  cluster: z.array(z.string()),
  indices: z.array(z.object({ names: z.array(z.string()), privileges: z.array(z.string()) })),
});

async function ensureRole(endpoint: HttpEndpoint, { username, role }: ElasticsearchUser): Promise<boolean> {
  const path = `/_security/role/${username}`;
  const found = await requestJson(endpoint, 'GET', path);
  if (found.status !== 200 && found.status !== 404) throw refusal(`GET ${path}`, found);
  const stored = z.record(z.string(), storedRole).safeParse(found.body).data?.[username];
  if (stored !== undefined && isDeepStrictEqual(stored, role)) return false;
  await put(endpoint, path, role);
  return true;
}

/** Logging in as the user tells whether it exists with this password, and which roles it has. */
async function ensureUser(endpoint: HttpEndpoint, { username }: ElasticsearchUser, password: string): Promise<boolean> {
  const asUser = { ...endpoint, credentials: { username, password } };
  const path = '/_security/_authenticate';
  const answer = await requestJson(asUser, 'GET', path);
  if (answer.status !== 200 && answer.status !== 401) throw refusal(`GET ${path}`, answer);
  const roles = z.object({ roles: z.array(z.string()) }).safeParse(answer.body).data?.roles;
  if (answer.status === 200 && isDeepStrictEqual(roles, [username])) return false;
  await put(endpoint, `/_security/user/${username}`, { password, roles: [username] });
  return true;
}

async function put(endpoint: HttpEndpoint, path: string, body: unknown): Promise<void> {
  const answer = await requestJson(endpoint, 'PUT', path, body);
  if (answer.status !== 200) throw refusal(`PUT ${path}`, answer);
}

await runJob(import.meta.url, createElasticsearchUsersSettings, createElasticsearchUsers);
