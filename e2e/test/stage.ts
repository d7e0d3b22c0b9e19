import { randomUUID } from 'node:crypto';
import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { tryLock } from '@tidb-cdc/runtime/lock';
import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { change, connect } from '@tidb-cdc/runtime/sql';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { cellKey, total } from '@tidb-cdc/verify/cells';
import { type ConsumerSnapshot, consumerSnapshot } from '@tidb-cdc/verify/clients/consumer';
import { type EventIndex, eventIndex, type Found, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { eventsSeen, newestScrape, pieOfTable } from '@tidb-cdc/verify/clients/prometheus';
import type { Connection } from 'mysql2/promise';
import { expect, inject } from 'vitest';
import { EmbeddedSystem } from '../src/embedded.ts';

/** Number of changes by operation; a missing one is 0. */
export type Changes = Partial<Record<Operation, number>>;

/** How long changes may take to arrive, even if a part was killed and is restarting. */
export const arrival = { timeoutMs: 120_000 };

/** A system that suites share, one after another, with helpers to inspect it. */
export class Stage {
  readonly system: EmbeddedSystem;

  private constructor(system: EmbeddedSystem) {
    this.system = system;
  }

  /** Takes a system that no other suite uses, for as long as this process runs: each suite has a process of its own. */
  static claim(): Promise<Stage> {
    return waitFor(
      'a system that no other suite uses',
      async () => {
        for (const { folder, portOffset } of inject('systems')) {
          if ((await tryLock(folder)) !== undefined) return new Stage(new EmbeddedSystem(folder, portOffset));
        }
        throw new Error('all are in use');
      },
      { timeoutMs: 600_000 },
    );
  }

  get index(): EventIndex {
    return eventIndex(this.system.endpoints.elasticsearch, eventsAlias);
  }

  /** Opens a connection as root; the caller ends it. */
  root(): Promise<Connection> {
    const { host, port, rootUser, database } = this.system.endpoints.sql;
    return connect({ host, port, user: rootUser, password: '', database });
  }

  /** Creates a table that no other test uses, and returns its name as `schema.table`. */
  async createTable(connection: Connection, columns: string): Promise<string> {
    const table = `${this.system.endpoints.sql.database}.t_${randomUUID().slice(0, 8)}`;
    await change(connection, `CREATE TABLE ${table} (${columns})`);
    return table;
  }

  /**
   * Waits until nothing is in flight: a last row has arrived, the consumer has no lag, and Prometheus has everything
   * that the consumer counted.
   */
  async waitForQuiet(connection: Connection): Promise<void> {
    const table = await this.createTable(connection, 'id INT PRIMARY KEY');
    await change(connection, `INSERT INTO ${table} VALUES (1)`);
    await this.waitForCounter(table, { insert: 1 });
    await waitFor(
      'quiet',
      async () => {
        const { events, lag } = await this.snapshot();
        if (lag > 0) throw new Error(`the consumer has ${lag} messages to read`);
        const { prometheus } = this.system.endpoints;
        const seen = await eventsSeen(prometheus, await newestScrape(prometheus));
        if (total(seen) !== total(events)) throw new Error(`Prometheus has ${total(seen)} of ${total(events)} events`);
      },
      arrival,
    );
  }

  snapshot(): Promise<ConsumerSnapshot> {
    return consumerSnapshot(this.system.endpoints.consumer);
  }

  /** Documents of a table, in order within each partition. */
  async documents(table: string): Promise<readonly Found[]> {
    await this.index.refresh();
    return this.index.search(ofTable(table));
  }

  /** Waits until a table has exactly these numbers of documents. */
  async waitForDocuments(table: string, expected: Changes): Promise<void> {
    await waitFor(
      `the documents of ${table}`,
      async () => {
        await this.index.refresh();
        const found = await this.index.countCells(ofTable(table));
        expect(toChanges((operation) => found.get(cellKey(table, operation)))).toEqual(complete(expected));
      },
      arrival,
    );
  }

  /** Waits until the counter has exactly these numbers of changes to a table. */
  async waitForCounter(table: string, expected: Changes): Promise<void> {
    await waitFor(
      `the counter of ${table}`,
      async () => {
        const { events } = await this.snapshot();
        expect(toChanges((operation) => events.get(cellKey(table, operation)))).toEqual(complete(expected));
      },
      arrival,
    );
  }

  /** Waits until the counter has any change to a table. */
  async waitForFirst(table: string): Promise<void> {
    await waitFor(
      `the first change of ${table} in the counter`,
      async () => {
        const { events } = await this.snapshot();
        expect([...events.keys()].some((cell) => cell.startsWith(`${table} `))).toBe(true);
      },
      arrival,
    );
  }

  /**
   * Waits until nothing is in flight and a table has at least these numbers of documents. Returns the actual numbers.
   */
  async waitForAtLeast(connection: Connection, table: string, least: Changes): Promise<Changes> {
    await this.waitForQuiet(connection);
    return waitFor(
      `the documents of ${table}`,
      async () => {
        await this.index.refresh();
        const found = await this.index.countCells(ofTable(table));
        const changes = toChanges((operation) => found.get(cellKey(table, operation)));
        for (const operation of operations) {
          expect(changes[operation], operation).toBeGreaterThanOrEqual(least[operation] ?? 0);
        }
        return changes;
      },
      arrival,
    );
  }

  /** Waits until the pie's query, for a single table, returns exactly these numbers. */
  async waitForPie(table: string, expected: Changes): Promise<void> {
    await waitFor(
      `the pie of ${table}`,
      async () => {
        const slices = await pieOfTable(this.system.endpoints.prometheus, table);
        expect(toChanges((operation) => slices.get(operation))).toEqual(complete(expected));
      },
      arrival,
    );
  }

  /** Waits until a table's documents, counter and pie all have exactly these numbers. */
  async waitForAll(table: string, expected: Changes): Promise<void> {
    await this.waitForCounter(table, expected);
    await this.waitForDocuments(table, expected);
    await this.waitForPie(table, expected);
  }
}

function toChanges(numberOf: (operation: Operation) => number | undefined): Changes {
  return Object.fromEntries(operations.map((operation) => [operation, numberOf(operation) ?? 0]));
}

function complete(changes: Changes): Changes {
  return toChanges((operation) => changes[operation]);
}
