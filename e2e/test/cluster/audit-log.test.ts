import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AuditLog } from '../../src/cluster/audit-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-audit-'));

afterAll(() => rmSync(folder, { recursive: true }));

function event(user: string, code: number): string {
  return `${JSON.stringify({
    verb: 'create',
    requestURI: '/apis/apps/v1/namespaces/cdc/statefulsets',
    user: { username: `system:serviceaccount:cdc:${user}` },
    objectRef: { apiGroup: 'apps', resource: 'statefulsets' },
    responseStatus: { code },
  })}\n`;
}

test('tells the refused requests of one account from all others', () => {
  const file = join(folder, 'audit.log');
  writeFileSync(
    file,
    [event('one', 201), event('other', 403), event('one', 403), event('one', 409), '{"verb":"lis'].join(''),
  );
  const log = new AuditLog(file);
  expect(log.requests('cdc', 'one')).toBe(3);
  expect(log.forbidden('cdc', 'one')).toEqual([
    { verb: 'create', resource: 'apps/statefulsets', uri: '/apis/apps/v1/namespaces/cdc/statefulsets' },
  ]);
  expect(log.forbidden('elsewhere', 'one')).toEqual([]);
});
