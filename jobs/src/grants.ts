import { splitSql } from './sql-text.ts';

/** Rights at one level, as one line of SHOW GRANTS states them. */
export interface Grant {
  /** what follows ON, in the server's own quoting: `*.*`, `` `shop`.* `` */
  readonly level: string;
  /** upper case; `GRANT OPTION` is one of them where the line ends with it */
  readonly privileges: readonly string[];
}

/** What brings an account from the rights it has to exactly the ones it should have. */
export interface GrantPlan {
  readonly revoke: readonly Grant[];
  readonly grant: readonly Grant[];
}

/** MariaDB 10.5 and later prints another name than the one that TiDB and MySQL know. */
const SYNONYMS: Readonly<Record<string, string>> = { 'REPLICATION CLIENT': 'BINLOG MONITOR' };

/**
 * Reads a line of SHOW GRANTS, of MariaDB (`` GRANT SELECT, INSERT ON `shop`.* TO `u`@`%` ``) or of
 * TiDB (`GRANT SELECT,INSERT ON shop.* TO 'u'@'%'`). USAGE means no right: its privileges are empty.
 *
 * @throws Error for a line it does not know, such as the grant of a role
 */
export function parseGrant(line: string): Grant {
  const match = /^GRANT (.+?) ON (.+?) TO (.+)$/i.exec(line);
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) {
    throw new Error(`cannot read the grant '${line}': revoke it, this account needs no roles`);
  }
  const privileges = splitSql(match[1], ',').map((privilege) => privilege.toUpperCase());
  if (/ WITH GRANT OPTION\b/i.test(match[3])) privileges.push('GRANT OPTION');
  return { level: match[2], privileges: privileges.filter((privilege) => privilege !== 'USAGE') };
}

/** The differences between the rights that are there and the rights that are wanted; both lists empty when none. */
export function planGrants(existing: readonly Grant[], wanted: readonly Grant[]): GrantPlan {
  return { revoke: subtract(existing, wanted), grant: subtract(wanted, existing) };
}

function subtract(from: readonly Grant[], other: readonly Grant[]): Grant[] {
  return from
    .map(({ level, privileges }) => {
      const covered = other.filter((grant) => sameLevel(grant.level, level)).flatMap((grant) => grant.privileges);
      return { level, privileges: privileges.filter((right) => !covered.map(canonical).includes(canonical(right))) };
    })
    .filter(({ privileges }) => privileges.length > 0);
}

function sameLevel(one: string, other: string): boolean {
  return one.replaceAll('`', '') === other.replaceAll('`', '');
}

function canonical(privilege: string): string {
  return SYNONYMS[privilege] ?? privilege;
}
