import { systems } from '@tidb-cdc/charts/pipeline';
import type { DeadLettersAnswer, EventsAnswer, SqlAnswer, StateAnswer } from '@tidb-cdc/console/contract';
import { fetchAnswer, fetchText } from '@tidb-cdc/runtime/http';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { instantQuery } from '@tidb-cdc/verify/clients/prometheus';
import { composeSettings } from '@tidb-cdc/verify/targets/compose';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { produce } from '../../src/clients/kafka.ts';
import { checkExternalExample } from '../compose-external.ts';
import { ComposeStage, engineOrReason } from '../compose-stage.ts';
import { checkDataSources } from '../data-sources.ts';
import { document, inlineCode } from '../documented-commands.ts';

const minute = 60_000;

/** The commands of docs/compose.md that check each part. TiCDC is not there: Canal is in its place. */
function documentedChecks(): readonly string[] {
  const [, section = ''] = /### Check each part\n([\s\S]*?)\n#/.exec(document('docs/compose.md')) ?? [];
  const commands = inlineCode(section).filter((text) => /^(curl|docker-compose) /.test(text));
  const checks = commands.filter((text) => !text.includes('/changefeeds/'));
  if (checks.length < 8) throw new Error('docs/compose.md has lost its checks');
  return checks;
}
const engine = await engineOrReason();

describe.skipIf(engine === undefined)(
  'docker-compose up, with MariaDB and Canal in the place of TiDB and TiCDC',
  () => {
    let stage: ComposeStage;
    let stop = async (): Promise<void> => engine?.stop();

    beforeAll(async () => {
      if (engine === undefined) return;
      stage = await ComposeStage.start(engine);
      stop = () => stage.stop();
    });

    afterAll(() => stop());

    test('every service is healthy, every one-shot has succeeded', async () => {
      await stage.stack.waitUntilComplete(5 * minute);
      const containers = await stage.stack.containers();
      const jobs = containers.filter(({ state }) => state === 'exited').map(({ service }) => service);
      const expected = [
        'check-config',
        'create-topic',
        'install-index-template',
        'migrate-database',
        'create-changefeed',
        'seed-database',
      ];
      expect(jobs.sort()).toEqual(expected.sort());
    });

    test('the seed rows are the first events: as many documents, and as many in the pie', async () => {
      const tables = ['customers', 'products', 'orders', 'order_items'];
      const seeded = (await Promise.all(tables.map((table) => stage.rows(table)))).reduce((sum, rows) => sum + rows, 0);
      expect(seeded).toBeGreaterThan(0);
      const documents = async () => expect(await stage.documents()).toBe(seeded);
      await waitFor('the seed rows to arrive', documents, { timeoutMs: minute });
      const query = 'sum(increase(cdc_events_total{operation="insert"}[1h] anchored))';
      const pie = async () => expect((await instantQuery(stage.access.prometheus, query))[0]?.value).toBe(seeded);
      await waitFor('the seed rows in the pie', pie, { timeoutMs: minute });
    });

    test('verify agrees', () => stage.verify(300, 200, 100));

    test.each(documentedChecks())('docs: %s', async (command) => {
      if (command.includes('127.0.0.1:3000') && !stage.withGrafana) return;
      expect(await stage.stack.shell(command)).not.toBe('');
    });

    test.each(['TIDB_APP_PASSWORD', 'ELASTIC_PASSWORD'])('verify ends at a wrong %s, which it names', async (name) => {
      const { code, output } = await stage.runVerify([], { [name]: 'not-this-one' });
      expect(code, output).toBe(1);
      expect(output).toMatch(new RegExp(`refuses \\w+: .*Check ${name} in .env and the environment`));
      expect(output).not.toContain('gave up');
    });

    test('a second up changes nothing and seeds nothing', async () => {
      const state = async () => {
        const running = (await stage.stack.containers()).filter(({ state }) => state === 'running');
        const identities = running.map(({ service, id, startedAt }) => `${service} ${id} ${startedAt}`).sort();
        return { identities, documents: await stage.documents(), customers: await stage.rows('customers') };
      };
      const before = await state();
      await stage.stack.up();
      await stage.stack.waitUntilComplete(minute);
      expect(await state()).toEqual(before);
    });

    test.each(['consumer', 'kafka', 'elasticsearch'])('a crash of %s heals, and all is reconciled', async (service) => {
      const { pid } = await stage.stack.container(service);
      await stage.stack.crash(service);
      await stage.stack.waitUntilHealed(service, pid, 3 * minute);
      await stage.verify(40, 20, 10);
    });

    test('nobody gets in without a login', async () => {
      const { elasticsearch, sql } = stage.access;
      expect((await fetchAnswer(elasticsearch.replace(/elastic:.*@/, ''))).status).toBe(401);
      for (const user of ['root', '']) {
        const anonymous = createConnection({ host: sql.host, port: sql.port, user });
        await expect(anonymous, `as '${user}'`).rejects.toThrow(/Access denied/);
      }
      const { clients, outside, internal } = systems.kafka;
      const answers = await Promise.all([clients, outside, internal].map((port) => askKafkaAsNobody(port)));
      // The last one listens inside the container only. Its answer proves that the request is valid.
      expect(answers).toEqual(['refused', 'refused', 'answered']);
    });

    /**
     * Sends a Metadata request, version 0. A listener that requires a login closes the connection instead of answering.
     */
    async function askKafkaAsNobody(port: number): Promise<string> {
      const script = [
        `exec 3<>/dev/tcp/127.0.0.1/${port}`,
        String.raw`printf '\0\0\0\x0e\0\x03\0\0\0\0\0\1\xff\xff\0\0\0\0' >&3`,
        'if [ "$(timeout 5 head -c 1 <&3 | wc -c)" = 0 ]; then echo refused; else echo answered; fi',
      ];
      return (await stage.stack.compose(['exec', '-T', 'kafka', 'bash', '-c', script.join('\n')])).trim();
    }

    test('a backlog of large rows, packed small, goes through within the memory of each container', async () => {
      const pids = () =>
        Promise.all(['consumer', 'filebeat'].map(async (name) => (await stage.stack.container(name)).pid));
      const before = { pids: await pids(), documents: await stage.documents() };
      const setting = composeSettings(stage.environment);
      const login = { username: 'cdc', password: setting('KAFKA_PASSWORD'), mechanism: 'plain' } as const;
      // 270 MB uncompressed, which is more than the consumer and Filebeat have.
      const rows = 300;
      const note = 'the same words again '.repeat(42_000);
      await stage.stack.compose(['stop', 'consumer']);
      for (let id = 0; id < rows; id += 1) {
        const value = canalInsert('shop.large_rows', id, { note });
        await produce(`127.0.0.1:${setting('PORT_KAFKA')}`, 'cdc-events', 0, [{ value }], {
          access: { login },
          gzip: true,
        });
      }
      await stage.stack.compose(['start', 'consumer']);
      const [consumerPid] = await pids();
      const all = async () => expect(await stage.documents()).toBe(before.documents + rows);
      await waitFor('the documents of all rows', all, { timeoutMs: 3 * minute });
      expect(await pids()).toEqual([consumerPid, before.pids[1]]);
    });

    test('the console shows the stack to who logs in, and to nobody else', async () => {
      const setting = composeSettings(stage.environment);
      const host = `127.0.0.1:${setting('PORT_CONSOLE')}`;
      for (const path of ['', 'api/state']) expect((await fetchAnswer(`http://${host}/${path}`)).status).toBe(401);
      const ask = async <T>(path: string, body?: unknown): Promise<T> => {
        const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const url = `http://admin:${setting('CONSOLE_PASSWORD')}@${host}/api/${path}`;
        return JSON.parse(await fetchText(url, body === undefined ? {} : post)) as T;
      };
      const isShown = async () => {
        const { parts, documents, consumer } = await ask<StateAnswer>('state');
        const states = parts.map(({ name, state }) => `${name} ${state}`);
        // MariaDB and Canal have no metrics.
        const others = ['kafka', 'consumer', 'elasticsearch', 'filebeat', 'prometheus', 'console'];
        expect(states).toEqual(['tidb silent', 'ticdc silent', ...others.map((name) => `${name} ready`)]);
        expect([documents, consumer?.lag]).toEqual([await stage.documents(), 0]);
      };
      await waitFor('the console to show what there is', isShown, { timeoutMs: minute });

      // The newest events are from the backlog, almost 1 MiB each, so a page has fewer than usual.
      const { events, more } = await ask<EventsAnswer>('events?table=shop.large_rows');
      expect([events.length, more]).toEqual([8, true]);

      const login = { username: 'cdc', password: setting('KAFKA_PASSWORD'), mechanism: 'plain' } as const;
      const kafka = `127.0.0.1:${setting('PORT_KAFKA')}`;
      await produce(kafka, 'cdc-events', 0, [{ value: 'no JSON' }], { access: { login } });
      const hasLetter = async () => {
        const { letters, canReplay } = await ask<DeadLettersAnswer>('dead-letters');
        expect(letters).toMatchObject([{ code: 'INVALID_JSON', value: 'no JSON', obstacle: null }]);
        expect(canReplay).toBe(true);
      };
      await waitFor('the dead letter', hasLetter, { timeoutMs: minute });
      const rows = await ask<SqlAnswer>('sql', { sql: 'SELECT COUNT(*) FROM customers' });
      expect(rows).toMatchObject({ kind: 'rows', rows: [[String(await stage.rows('customers'))]] });
    });

    test('files that containers cannot read end the start, with the remedy in one log', async () => {
      const stack = stage.withClosedConfig();
      try {
        await expect(stack.compose(['up', '--detach', 'kafka'])).rejects.toThrow();
        const containers = (await stack.containers()).map(({ service, state }) => `${service} ${state}`);
        expect(containers).not.toContain('kafka running');
        expect(await stack.logs('check-config')).toContain('Run: chmod -R a+rX compose/config');
      } finally {
        await stack.down();
      }
    });

    test('the example beside it works with the Kafka and the Elasticsearch that are there', () =>
      checkExternalExample(stage));

    test('every port is one of 127.0.0.1', async () => {
      const addresses = (await stage.stack.containers()).flatMap(({ hostAddresses }) => hostAddresses);
      expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    });

    test('Prometheus scrapes what is there, and its alerts reach Alertmanager', async () => {
      const { prometheus } = stage.access;
      const up = new Set((await instantQuery(prometheus, 'up == 1')).map(({ labels }) => labels.job));
      const grafana = stage.withGrafana ? ['grafana'] : [];
      const expected = [
        'alertmanager',
        'consumer',
        'elasticsearch',
        'filebeat',
        'json-exporter',
        'prometheus',
        ...grafana,
      ];
      expect([...up].sort()).toEqual(expected.sort());
      const setting = composeSettings(stage.environment);
      const alerts = `http://127.0.0.1:${setting('PORT_ALERTMANAGER')}/api/v2/alerts`;
      const ticdcIsDown = async () => expect(await fetchText(alerts)).toContain('"job":"ticdc"');
      await waitFor('the alert for TiCDC, which is not there', ticdcIsDown, { timeoutMs: 5 * minute });
    });

    test('Grafana has its dashboards, and reads both data sources, for who logs in', async (context) => {
      if (!stage.withGrafana) return context.skip('Grafana cannot be built here');
      const setting = composeSettings(stage.environment);
      const host = `127.0.0.1:${setting('PORT_GRAFANA')}`;
      expect((await fetchAnswer(`http://${host}/api/search`)).status).toBe(401);
      const api = `http://admin:${setting('GRAFANA_ADMIN_PASSWORD')}@${host}/api`;
      for (const uid of ['cdc-overview', 'cdc-pipeline']) await fetchText(`${api}/dashboards/uid/${uid}`);
      await checkDataSources(api);
    });
  },
);
