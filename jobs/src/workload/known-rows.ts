import { randomInt } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';

/** More ids than a workload touches at once; a bound, so that a workload without an end keeps its size. */
const MAX_IDS = 10_000;

/** Ids to pick from at random. Full, it forgets one for each that it learns. */
export class IdPool {
  readonly #ids: number[];

  constructor(ids: readonly number[] = []) {
    this.#ids = ids.slice(0, MAX_IDS);
  }

  add(id: number): void {
    if (this.#ids.length >= MAX_IDS) this.#ids[randomInt(MAX_IDS)] = id;
    else this.#ids.push(id);
  }

  remove(id: number): void {
    const index = this.#ids.indexOf(id);
    const last = this.#ids.pop();
    if (last === undefined) return;
    if (index === -1) this.#ids.push(last);
    else if (index < this.#ids.length) this.#ids[index] = last;
  }

  /** A random id; undefined when there is none. */
  pick(): number | undefined {
    return this.#ids.length === 0 ? undefined : this.#ids[randomInt(this.#ids.length)];
  }

  /** At most `count` different random ids, ascending: transactions that lock rows in one order do not deadlock. */
  pickSome(count: number): number[] {
    const picked = Array.from({ length: count }, () => this.pick()).filter((id) => id !== undefined);
    return [...new Set(picked)].sort((one, other) => one - other);
  }
}

/** Rows the workload may act on: those found at its start and its own. Others may delete them meanwhile. */
export interface KnownRows {
  readonly customers: IdPool;
  readonly products: IdPool;
  /** orders that are new or paid */
  readonly openOrders: IdPool;
  readonly cancelledOrders: IdPool;
}

/** Reads the newest ids of each kind. */
export async function readKnownRows(connection: Connection): Promise<KnownRows> {
  const read = async (column: string, from: string) => {
    const query = `SELECT ${column} AS id FROM ${from} ORDER BY ${column} DESC LIMIT ${MAX_IDS}`;
    const [rows] = await connection.query<(RowDataPacket & { id: number })[]>(query);
    return new IdPool(rows.map(({ id }) => id));
  };
  return {
    customers: await read('customer_id', 'customers'),
    products: await read('product_id', 'products'),
    openOrders: await read('order_id', "orders WHERE status IN ('new', 'paid')"),
    cancelledOrders: await read('order_id', "orders WHERE status = 'cancelled'"),
  };
}
