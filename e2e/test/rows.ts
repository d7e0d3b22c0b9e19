import { waitFor } from '@tidb-cdc/runtime/wait';
import { total } from '@tidb-cdc/verify/cells';
import { expect } from 'vitest';
import { canalInsert } from '../src/canal-message.ts';
import { produce } from '../src/clients/kafka.ts';
import type { OwnConsumer } from './own-consumer.ts';
import { arrival } from './stage.ts';

/** Rows per request: well below the size of a batch that a broker accepts. */
const rowsOfRequest = 1_000;

/** Writes rows `first` to `last` to a topic, its partitions in turn. Row n belongs to the table `tableOf(n)`. */
export async function produceRows(
  kafka: string,
  topic: string,
  partitions: number,
  first: number,
  last: number,
  tableOf: (id: number) => string = () => 'own.rows',
): Promise<void> {
  for (let partition = 0; partition < partitions; partition += 1) {
    const ids = Array.from({ length: last - first + 1 }, (_, n) => first + n).filter(
      (id) => id % partitions === partition,
    );
    for (let done = 0; done < ids.length; done += rowsOfRequest) {
      const messages = ids.slice(done, done + rowsOfRequest).map((id) => ({ value: canalInsert(tableOf(id), id) }));
      await produce(kafka, topic, partition, messages);
    }
  }
}

export function idsOf(consumers: readonly OwnConsumer[]): number[] {
  return consumers.flatMap((consumer) => consumer.lines().map(({ cdc }) => Number(cdc.primary_key.id)));
}

/** Waits until all consumers' event logs together have every row from 1 to `last`. */
export async function waitForRows(consumers: readonly OwnConsumer[], last: number): Promise<void> {
  await waitFor(
    `rows 1 to ${last} in the event logs`,
    () => {
      const missing = last - new Set(idsOf(consumers)).size;
      if (missing > 0) throw new Error(`${missing} are missing`);
    },
    arrival,
  );
}

export async function countedBy(consumer: OwnConsumer | undefined): Promise<number> {
  return consumer === undefined ? 0 : total((await consumer.snapshot()).events);
}

/** Waits until a consumer's counter exceeds `counted`: it is then in the middle of its backlog. */
export async function waitForFirstCount(consumer: OwnConsumer | undefined, counted = 0): Promise<void> {
  await waitFor(
    'the first rows in the counter',
    async () => expect(await countedBy(consumer)).toBeGreaterThan(counted),
    { ...arrival, intervalMs: 5 },
  );
}

/** Waits until the members of a group have these numbers of partitions. */
export async function waitForAssigned(members: readonly OwnConsumer[], assigned: readonly number[]): Promise<void> {
  await waitFor(
    `${assigned.join(' and ')} partitions assigned`,
    async () => {
      expect((await Promise.all(members.map((one) => one.snapshot()))).map((one) => one.assigned)).toEqual(assigned);
    },
    arrival,
  );
}

/**
 * Waits until, over all members, rows = counter − duplicates. Checks that the event logs have exactly these rows, each
 * partition's in order.
 */
export async function waitForReconciled(members: readonly OwnConsumer[], rows: number): Promise<void> {
  await waitForRows(members, rows);
  await waitFor(
    'counter − duplicates = rows',
    async () => {
      const all = await Promise.all(members.map((one) => one.snapshot()));
      expect(all.reduce((sum, { events, duplicates }) => sum + total(events) - duplicates, 0)).toBe(rows);
    },
    arrival,
  );
  expect(new Set(idsOf(members)).size).toBe(rows);
  expect(members.flatMap((member) => outOfOrder(member))).toEqual([]);
}

/** Each event's first line, if it comes after a line of a later message in its partition. */
function outOfOrder(consumer: OwnConsumer): string[] {
  const known = new Set<string>();
  const newest = new Map<number, number>();
  return consumer.lines().flatMap(({ event, cdc: { source } }) => {
    if (known.has(event.id)) return [];
    known.add(event.id);
    const before = newest.get(source.partition) ?? -1;
    newest.set(source.partition, Math.max(before, Number(source.offset)));
    return Number(source.offset) < before ? [event.id] : [];
  });
}
