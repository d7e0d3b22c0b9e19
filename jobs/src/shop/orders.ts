import type { Random } from './random.ts';
import type { Row } from './tables.ts';
import { otherValues } from './values.ts';
import type { ShopWriter } from './writer.ts';

/** An order with its items. */
export interface Order {
  readonly row: Row;
  readonly items: readonly Row[];
}

/** An ordered product, with its price as text, and its quantity. */
export interface OrderLine {
  readonly product: Row;
  readonly quantity: number;
}

/** Inserts a customer's order in one transaction: one item per product, and their sum as the order's total. */
export function placeOrder(
  writer: ShopWriter,
  customer: Row,
  lines: readonly OrderLine[],
  note: string | null,
): Promise<Order> {
  const items = lines.map(({ product, quantity }, index) => ({
    line_number: index + 1,
    product_id: product.values.product_id ?? null,
    quantity,
    unit_price: product.values.price ?? null,
  }));
  return writer.transaction(async () => {
    const { customer_id = null } = customer.values;
    const row = await writer.insert('orders', { customer_id, status: 'new', total: totalOf(items), note });
    const { order_id = null } = row.values;
    const inserted: Row[] = [];
    for (const item of items) inserted.push(await writer.insert('order_items', { order_id, ...item }));
    return { row, items: inserted };
  });
}

/** Changes the quantity of an order's first item and the order's total: two rows in one transaction. */
export function changeQuantity(writer: ShopWriter, random: Random, { row, items }: Order): Promise<Order> {
  const [first, ...others] = items;
  if (first === undefined) throw new Error('the order has no items');
  return writer.transaction(async () => {
    const changed = [await writer.update(first, otherValues(random, first)), ...others];
    const total = totalOf(changed.map(({ values }) => values));
    return { row: await writer.update(row, { total }), items: changed };
  });
}

/**
 * Deletes at most `most` rows of an order in one transaction: its items, then the order. The items are deleted
 * explicitly, because rows that a cascade removes never reach MariaDB's binlog. Returns the number of deleted rows.
 */
export function removeOrder(writer: ShopWriter, { row, items }: Order, most: number): Promise<number> {
  return writer.transaction(async () => {
    const going = items.slice(0, most);
    for (const item of going) await writer.delete(item);
    return items.length < most && (await writer.delete(row)) ? items.length + 1 : going.length;
  });
}

/** Prices have two decimals and stay far below 2^53 cents, so the sum is exact. */
function totalOf(items: readonly Row['values'][]): string {
  const cents = items.reduce(
    (sum, { unit_price, quantity }) => sum + Math.round(Number(unit_price) * 100) * Number(quantity),
    0,
  );
  return (cents / 100).toFixed(2);
}
