import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPorts } from '@tidb-cdc/charts/compose/host-ports';
import { ports } from '@tidb-cdc/charts/pipeline';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventIndex } from '../../src/clients/elasticsearch.ts';
import { fetchAnswer } from '../../src/clients/http.ts';
import { instantQuery } from '../../src/clients/prometheus.ts';
import { connect, select } from '../../src/clients/sql.ts';
import { type Engine, EngineFailure, engineObstacle, startEngine } from '../../src/compose/engine.ts';
import { buildImages } from '../../src/compose/images.ts';
import { writeOverride } from '../../src/compose/override.ts';
import { ComposeStack } from '../../src/compose/stack.ts';
import { freePortOffset } from '../../src/processes.ts';
import { startProgram } from '../../src/program.ts';
import { until } from '../../src/until.ts';
import { composeAccess } from '../../src/verify/targets/compose.ts';

const minute = 60_000;
const say = (line: string): void => console.log(`compose: ${line}`);

const obstacle = await engineObstacle();
const engine = obstacle === undefined ? await tryEngine() : undefined;
if (obstacle !== undefined) say(`skipped: ${obstacle}`);

/** Undefined where this kernel does not let one run, which is said. */
async function tryEngine(): Promise<Engine | undefined> {
  try {
    return await startEngine(join(defaultCacheDir(), 'docker'));
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error;
    say(`skipped: ${error.message}`);
    return undefined;
  }
}

describe.skipIf(engine === undefined)(
  'docker-compose up, with MariaDB and Canal in the place of TiDB and TiCDC',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-compose-'));
    let stack: ComposeStack;

    beforeAll(async () => {
      if (engine === undefined) return;
      await buildImages(engine, folder, say);
      const portOffset = await freePortOffset(30_000, Object.values(hostPorts));
      stack = new ComposeStack({ engine, override: writeOverride(folder), project: 'tidb-cdc-e2e', portOffset });
      await stack.down();
      say('up');
      await stack.up();
    });

    afterAll(async () => {
      await stack?.down();
      await engine?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const access = () => composeAccess({ ...process.env, ...stack.environment });

    async function verify(counts: readonly [inserts: number, updates: number, deletes: number]): Promise<void> {
      const [inserts, updates, deletes] = counts.map(String);
      const amounts = ['--inserts', `${inserts}`, '--updates', `${updates}`, '--deletes', `${deletes}`];
      const program = startProgram('e2e/src/verify/main.ts', {
        args: ['--target', 'compose', ...amounts],
        env: stack.environment,
      });
      const { code, output } = await program.ended(5 * minute);
      expect(code, output).toBe(0);
    }

    async function events(): Promise<number> {
      return eventIndex(access().elasticsearch, 'cdc-events').count({ match_all: {} });
    }

    async function rows(table: string): Promise<number> {
      const connection = await connect(access().sql);
      try {
        const [row] = await select(connection, `SELECT COUNT(*) AS number FROM ${table}`);
        return Number(row?.number);
      } finally {
        await connection.end();
      }
    }

    test('one up: every service is healthy, every one-shot has succeeded', async () => {
      await stack.waitUntilComplete(5 * minute);
      const jobs = (await stack.containers()).filter(({ state }) => state === 'exited').map(({ service }) => service);
      expect(jobs.sort()).toEqual([
        'create-changefeed',
        'create-topic',
        'install-index-template',
        'migrate-database',
        'seed-database',
      ]);
    });

    test('the seed rows are the first events: as many documents, and as many in the pie', async () => {
      const tables = ['customers', 'products', 'orders', 'order_items'];
      const seeded = (await Promise.all(tables.map(rows))).reduce((sum, count) => sum + count, 0);
      expect(seeded).toBeGreaterThan(0);
      await until('the seed rows to arrive', async () => expect(await events()).toBe(seeded), { timeoutMs: minute });
      const query = 'sum(increase(cdc_events_total{operation="insert"}[1h] anchored))';
      await until(
        'the seed rows in the pie',
        async () => expect((await instantQuery(access().prometheus, query))[0]?.value).toBe(seeded),
        { timeoutMs: minute },
      );
    });

    test('verify agrees', () => verify([300, 200, 100]), 6 * minute);

    test('a second up changes nothing and seeds nothing', async () => {
      const running = async () =>
        (await stack.containers())
          .filter(({ state }) => state === 'running')
          .map(({ service, id, startedAt }) => `${service} ${id} ${startedAt}`)
          .sort();
      const before = { running: await running(), events: await events(), customers: await rows('customers') };
      await stack.up();
      await stack.waitUntilComplete(minute);
      expect({ running: await running(), events: await events(), customers: await rows('customers') }).toEqual(before);
    });

    test.each(['consumer', 'kafka', 'elasticsearch'])('a crash of %s heals, and all is reconciled', async (service) => {
      const { pid } = await stack.container(service);
      await stack.crash(service);
      await stack.waitUntilHealed(service, pid, 3 * minute);
      await verify([40, 20, 10]);
    });

    test('nobody gets in without a login', async () => {
      const { elasticsearch, sql } = access();
      expect((await fetchAnswer(elasticsearch.replace(/elastic:.*@/, ''))).status).toBe(401);
      for (const user of ['root', '']) {
        const anonymous = createConnection({ host: sql.host, port: sql.port, user });
        await expect(anonymous, `as '${user}'`).rejects.toThrow(/Access denied/);
      }
      expect(await stack.compose(['exec', '-T', 'kafka', 'bash', '-c', askKafkaAsNobody])).toMatch(/refused/);
    });

    test('every port is one of 127.0.0.1', async () => {
      const addresses = (await stack.containers()).flatMap(({ hostAddresses }) => hostAddresses);
      expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    });

    test(
      'Prometheus has loaded the rules and reaches what is there',
      async () => {
        const up = await instantQuery(access().prometheus, 'up == 1');
        const jobs = new Set(up.map(({ labels }) => labels.job));
        expect([...jobs].sort()).toEqual([
          'alertmanager',
          'consumer',
          'elasticsearch',
          'filebeat',
          'json-exporter',
          'prometheus',
        ]);
        const { text } = await fetchAnswer(`${access().prometheus}/api/v1/rules`);
        expect(text).toContain('"ConsumerDown"');
        await until(
          'an alert in Alertmanager',
          async () => {
            const port = hostPorts.PORT_ALERTMANAGER - hostPorts.PORT_SQL + access().sql.port;
            const answer = await fetchAnswer(`http://127.0.0.1:${port}/api/v2/alerts`);
            expect(answer.text).toContain('"job":"ticdc"');
          },
          { timeoutMs: 5 * minute },
        );
      },
      6 * minute,
    );
  },
);

/** A Metadata request, version 0, of all topics: a listener that asks for a login closes the connection instead. */
const askKafkaAsNobody = [
  `exec 3<>/dev/tcp/127.0.0.1/${ports.kafka}`,
  String.raw`printf '\0\0\0\x0e\0\x03\0\0\0\0\0\1\xff\xff\0\0\0\0' >&3`,
  'if [ "$(timeout 5 head -c 1 <&3 | wc -c)" = 0 ]; then echo refused; else echo answered; fi',
].join('\n');
