import type { Operation } from '@tidb-cdc/runtime/operations';
import { changeQuantity, type Order, placeOrder, removeOrder } from './orders.ts';
import type { Random } from './random.ts';
import { type Row, tables } from './tables.ts';
import { newCustomer, newNote, newProduct, otherValues } from './values.ts';
import type { ShopWriter } from './writer.ts';

/** Maximum number of items per order. */
const mostItems = 3;

/**
 * Changes the shop's rows at random. Each change is one business step and one transaction. It changes only rows that it
 * inserted itself, so that it does not conflict with other writers. The first row of each table always stays.
 */
export class RandomChanges {
  readonly #writer: ShopWriter;
  readonly #random: Random;
  readonly #marker: string;
  readonly #customers: Row[] = [];
  readonly #products: Row[] = [];
  readonly #orders: Order[] = [];
  readonly #turns: Record<Operation, number> = { insert: 0, update: 0, delete: 0 };

  /** Emails and stock keeping units begin with `marker`, so it must be unique. */
  constructor(writer: ShopWriter, random: Random, marker: string) {
    this.#writer = writer;
    this.#random = random;
    this.#marker = marker;
  }

  /** Number of rows it keeps track of, without items. */
  get size(): number {
    return this.#customers.length + this.#products.length + this.#orders.length;
  }

  /**
   * Inserts, updates or deletes at most `most` rows, taking the tables in turn. Returns the number of changed rows, 0
   * when there is no suitable row.
   */
  make(operation: Operation, most: number): Promise<number> {
    const turn = this.#turns[operation];
    this.#turns[operation] += 1;
    if (operation === 'insert') return this.#insert(turn, most);
    return operation === 'update' ? this.#update(turn, most) : this.#delete(turn, most);
  }

  async #insert(turn: number, most: number): Promise<number> {
    const { int, pick } = this.#random;
    if (turn % 4 === 1) {
      this.#products.push(await this.#writer.insert('products', newProduct(this.#random, `${this.#marker}-${turn}`)));
      return 1;
    }
    if (turn % 4 === 0 || most < 2 || this.#products.length === 0) {
      this.#customers.push(
        await this.#writer.insert('customers', newCustomer(this.#random, `${this.#marker}-${turn}`)),
      );
      return 1;
    }
    // The first order always stays. It has one item, so that all other rows can be deleted.
    const count = this.#orders.length === 0 ? 1 : int(1, Math.min(mostItems, most - 1));
    const lines = Array.from({ length: count }, () => ({ product: pick(this.#products), quantity: int(1, 12) }));
    this.#orders.push(await placeOrder(this.#writer, pick(this.#customers), lines, newNote(this.#random)));
    return 1 + count;
  }

  async #update(turn: number, most: number): Promise<number> {
    const orders = this.#orders;
    const index = this.#random.int(0, orders.length - 1);
    const order = orders[index];
    if (turn % 4 < 2 || order === undefined) {
      return this.#updateOne(turn % 2 === 0 ? this.#customers : this.#products);
    }
    if (turn % 4 === 2 && most >= 2 && order.items.length > 0) {
      orders[index] = await changeQuantity(this.#writer, this.#random, order);
      return 2;
    }
    orders[index] = { ...order, row: await this.#writer.update(order.row, otherValues(this.#random, order.row)) };
    return 1;
  }

  async #updateOne(rows: Row[]): Promise<number> {
    const index = this.#random.int(0, rows.length - 1);
    const row = rows[index];
    if (row === undefined) return 0;
    rows[index] = await this.#writer.update(row, otherValues(this.#random, row));
    return 1;
  }

  /** Deletes an order with its items, or a customer or product that no order refers to. */
  async #delete(turn: number, most: number): Promise<number> {
    const unused = turn % 3 === 0 ? 0 : await this.#deleteUnused(turn % 3 === 1 ? 'customers' : 'products');
    if (unused > 0) return unused;
    if (this.#orders.length < 2) {
      return (await this.#deleteUnused('customers')) || (await this.#deleteUnused('products'));
    }
    const index = this.#random.int(1, this.#orders.length - 1);
    const [order] = this.#orders.splice(index, 1);
    if (order === undefined) return 0;
    const deleted = await removeOrder(this.#writer, order, most);
    const items = order.items.slice(deleted);
    // Keep an order that stays because of `most`. One that stays because other rows refer to it is forgotten.
    if (deleted === most && deleted <= order.items.length) this.#orders.push({ row: order.row, items });
    return deleted;
  }

  async #deleteUnused(table: 'customers' | 'products'): Promise<number> {
    const rows = table === 'customers' ? this.#customers : this.#products;
    const [column] = tables[table].key;
    const referring = this.#orders.flatMap(({ row, items }) => (table === 'customers' ? [row] : items));
    const used = new Set(referring.map(({ values }) => values[column]));
    const unused = rows.slice(1).filter(({ values }) => !used.has(values[column]));
    if (unused.length === 0) return 0;
    const row = this.#random.pick(unused);
    rows.splice(rows.indexOf(row), 1);
    return (await this.#writer.delete(row)) ? 1 : 0;
  }
}
