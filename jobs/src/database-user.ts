import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type Account, close, connect, type DatabaseAddress } from './database.ts';
import { type Grant, parseGrant, planGrants } from './grants.ts';

/** The account as GRANT names it. The host is any: TiDB and its clients are apart in containers. */
const ACCOUNT = "?@'%'";

/**
 * Makes the account exist with this password and exactly these rights.
 * Nothing is written where nothing differs. Returns what it did, a phrase each, empty for nothing.
 *
 * @throws Error with the server's message, never with the statement, which holds the password
 */
export async function ensureUser(
  admin: Connection,
  address: DatabaseAddress,
  account: Account,
  wanted: readonly Grant[],
): Promise<string[]> {
  try {
    const done = await ensureLogin(admin, address, account);
    return [...done, ...(await ensureGrants(admin, account.user, wanted))];
  } catch (error) {
    // mysql2's errors carry the statement as a property, which a logger would print
    throw new Error(
      `cannot set up the database user ${account.user}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function ensureLogin(admin: Connection, address: DatabaseAddress, account: Account): Promise<string[]> {
  const { user, password } = account;
  const count = "SELECT COUNT(*) AS found FROM mysql.user WHERE User = ? AND Host = '%'";
  const [rows] = await admin.query<(RowDataPacket & { found: number })[]>(count, [user]);
  const exists = rows[0]?.found !== 0;
  if (exists && (await canLogIn(address, account))) return [];
  await admin.query(`${exists ? 'ALTER USER' : 'CREATE USER IF NOT EXISTS'} ${ACCOUNT} IDENTIFIED BY ?`, [
    user,
    password,
  ]);
  if (!(await canLogIn(address, account))) {
    throw new Error(`it still cannot log in: remove accounts of the same name with a host other than '%'`);
  }
  return [exists ? `set the password of ${user}` : `created user ${user}`];
}

async function canLogIn(address: DatabaseAddress, account: Account): Promise<boolean> {
  try {
    await close(await connect(address, account));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ER_ACCESS_DENIED_ERROR') return false;
    throw error;
  }
}

async function ensureGrants(admin: Connection, user: string, wanted: readonly Grant[]): Promise<string[]> {
  const [rows] = await admin.query<RowDataPacket[]>(`SHOW GRANTS FOR ${ACCOUNT}`, [user]);
  const existing = rows.map((row) => parseGrant(String(Object.values(row)[0])));
  const plan = planGrants(existing, wanted);
  for (const { level, privileges } of plan.revoke) {
    // one at a time: ALL PRIVILEGES and GRANT OPTION cannot stand in one list
    for (const right of privileges) await admin.query(`REVOKE ${right} ON ${level} FROM ${ACCOUNT}`, [user]);
  }
  for (const { level, privileges } of plan.grant) {
    await admin.query(`GRANT ${privileges.join(', ')} ON ${level} TO ${ACCOUNT}`, [user]);
  }
  return [
    ...plan.revoke.map(({ level, privileges }) => `revoked ${privileges.join(', ')} on ${level} from ${user}`),
    ...plan.grant.map(({ level, privileges }) => `granted ${privileges.join(', ')} on ${level} to ${user}`),
  ];
}
