import { describe, expect, it } from 'vitest';
import { parseGrant, planGrants } from '../src/grants.ts';

const wanted = [{ level: '`shop`.*', privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] }];

describe('parseGrant', () => {
  it('reads the lines of MariaDB', () => {
    const usage =
      "GRANT USAGE ON *.* TO `shop_app`@`%` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'";
    expect(parseGrant(usage)).toEqual({ level: '*.*', privileges: [] });
    expect(parseGrant('GRANT SELECT, BINLOG MONITOR ON `shop`.* TO `u`@`%` WITH GRANT OPTION')).toEqual({
      level: '`shop`.*',
      privileges: ['SELECT', 'BINLOG MONITOR', 'GRANT OPTION'],
    });
    expect(parseGrant('GRANT SELECT (email, full_name), INSERT ON `shop`.`customers` TO `u`@`%`')).toEqual({
      level: '`shop`.`customers`',
      privileges: ['SELECT (EMAIL, FULL_NAME)', 'INSERT'],
    });
  });

  it('reads the lines of TiDB', () => {
    expect(parseGrant("GRANT SELECT,INSERT,UPDATE,DELETE ON shop.* TO 'shop_app'@'%'")).toEqual({
      level: 'shop.*',
      privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    });
    expect(parseGrant("GRANT Select ON shop.* TO 'u'@'%'").privileges).toEqual(['SELECT']);
  });

  it('refuses the grant of a role', () => {
    expect(() => parseGrant('GRANT `admins` TO `shop_app`@`%`')).toThrow('revoke it, this account needs no roles');
  });
});

describe('planGrants', () => {
  it('finds nothing to do where the rights are the wanted ones, however the server writes them', () => {
    const existing = [
      { level: '*.*', privileges: [] },
      { level: 'shop.*', privileges: ['DELETE', 'INSERT', 'SELECT', 'UPDATE'] },
    ];
    expect(planGrants(existing, wanted)).toEqual({ revoke: [], grant: [] });
  });

  it('grants what is missing and revokes what is too much, at every level', () => {
    const existing = [
      { level: '*.*', privileges: ['PROCESS'] },
      { level: '`shop`.*', privileges: ['SELECT', 'INSERT', 'DROP', 'GRANT OPTION'] },
    ];
    expect(planGrants(existing, wanted)).toEqual({
      revoke: [
        { level: '*.*', privileges: ['PROCESS'] },
        { level: '`shop`.*', privileges: ['DROP', 'GRANT OPTION'] },
      ],
      grant: [{ level: '`shop`.*', privileges: ['UPDATE', 'DELETE'] }],
    });
  });

  it('replaces all privileges by the wanted ones', () => {
    const existing = [{ level: '`shop`.*', privileges: ['ALL PRIVILEGES'] }];
    expect(planGrants(existing, wanted)).toEqual({ revoke: existing, grant: wanted });
  });

  it("knows MariaDB's name for REPLICATION CLIENT", () => {
    const existing = [{ level: '*.*', privileges: ['REPLICATION SLAVE', 'BINLOG MONITOR'] }];
    const replication = [{ level: '*.*', privileges: ['REPLICATION SLAVE', 'REPLICATION CLIENT'] }];
    expect(planGrants(existing, replication)).toEqual({ revoke: [], grant: [] });
  });
});
