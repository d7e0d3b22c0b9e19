import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ElasticsearchUser, elasticsearchUsers, templatesRole } from '@tidb-cdc/charts/elastic/facts';
import { expect, test } from 'vitest';

const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/kubernetes.md'), 'utf8');
const { shipper, dashboards, console: page, monitor } = elasticsearchUsers;
const roles: Readonly<Record<string, ElasticsearchUser['role']>> = {
  templates: templatesRole,
  filebeat: shipper.role,
  grafana: dashboards.role,
  console: page.role,
  monitor: monitor.role,
};

test.each(Object.entries(roles))(
  'docs/kubernetes.md has the role of %s in an external Elasticsearch',
  (client, role) => {
    expect(text).toContain(`PUT _security/role/cdc-${client}\n${JSON.stringify(role)}\n`);
  },
);
