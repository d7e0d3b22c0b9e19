import type { SqlValue } from './clients/sql.ts';
import type { Random } from './random.ts';

export const tableNames = ['customers', 'products', 'orders', 'order_items'] as const;

/** A table of the demo application. */
export type TableName = (typeof tableNames)[number];

/** Columns with the values they were written with. */
export type Values = Readonly<Record<string, SqlValue>>;

/** A row that this run wrote. */
export interface Row {
  readonly table: TableName;
  readonly values: Values;
}

/** What writing random rows has to know of a table. */
export interface TableRules {
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** Column that the database numbers, where there is one. */
  readonly numbered?: string;
  /** Tables whose rows a row of this one refers to, with the columns on both sides (they have the same name). */
  readonly parents: readonly { readonly table: TableName; readonly column: string }[];
  /** Columns whose text cannot be compared as it stands. */
  readonly enums: readonly string[];
  readonly json: readonly string[];
  readonly binary: readonly string[];
  /** A new row; `marker` begins a column that identifies the run, where the table has one. `n` is unique in the run. */
  create(random: Random, marker: string, n: number): Values;
  /** New values for some columns of a row, different from its present ones. */
  alter(random: Random, marker: string, values: Values): Values;
}

export const statuses = ['new', 'paid', 'shipped', 'cancelled'] as const;

const words = ['Ada', 'Bo', 'Çelik', 'Đặng', "O'Neil", 'Ölç', 'Пётр', '李', 'Zoë', '한', 'rust & "quotes"', '100%'];

function text(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.pick(words)).join(' ');
}

function money(random: Random): string {
  return `${random.int(0, 99_999)}.${String(random.int(0, 99)).padStart(2, '0')}`;
}

function otherMoney(random: Random, present: SqlValue | undefined): string {
  const amount = money(random);
  return Number(amount) === Number(present) ? `${random.int(100_000, 199_999)}.50` : amount;
}

function date(random: Random, from: number, to: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${random.int(from, to)}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
}

function moment(random: Random): string {
  const two = (most: number): string => String(random.int(0, most)).padStart(2, '0');
  return `${date(random, 2020, 2025)} ${two(23)}:${two(59)}:${two(59)}.${String(random.int(0, 999)).padStart(3, '0')}`;
}

const customers: TableRules = {
  key: ['customer_id'],
  numbered: 'customer_id',
  parents: [],
  enums: [],
  json: ['preferences'],
  binary: ['avatar'],
  create: (random, marker, n) => ({
    email: `${marker}-${n}@example.com`,
    full_name: text(random, 2),
    birth_date: date(random, 1930, 2010),
    loyalty_points: String(random.int(0, 1_000_000)),
    preferences: JSON.stringify({ newsletter: random.int(0, 1) === 1, tags: [text(random, 1), n] }),
    avatar: random.bytes(random.int(1, 64)),
    created_at: moment(random),
  }),
  alter: (random, _marker, values) => ({
    full_name: `${text(random, 1)} ${String(values.full_name).length}`,
    loyalty_points: String(BigInt(String(values.loyalty_points)) + BigInt(random.int(1, 1000))),
  }),
};

const products: TableRules = {
  key: ['product_id'],
  numbered: 'product_id',
  parents: [],
  enums: [],
  json: ['attributes'],
  binary: ['image_digest'],
  create: (random, marker, n) => ({
    sku: `${marker}-${n}`,
    title: text(random, 3),
    price: money(random),
    attributes: JSON.stringify({ colour: random.pick(['red', 'grün', '青']), weight: random.int(1, 5000) / 100 }),
    image_digest: random.bytes(32),
    released_on: date(random, 1990, 2030),
  }),
  alter: (random, _marker, values) => ({
    price: otherMoney(random, values.price),
    attributes:
      random.int(0, 3) === 0 ? null : JSON.stringify({ weight: random.int(1, 5000), nested: { a: [null, 1] } }),
  }),
};

const orders: TableRules = {
  key: ['order_id'],
  numbered: 'order_id',
  parents: [{ table: 'customers', column: 'customer_id' }],
  enums: ['status'],
  json: [],
  binary: [],
  create: (random, marker, n) => ({
    status: random.pick(statuses),
    total: money(random),
    note: `${marker}-${n} ${text(random, 4)}`,
    placed_at: moment(random),
  }),
  alter: (random, marker, values) => ({
    status: random.pick(statuses.filter((status) => status !== values.status)),
    note: random.int(0, 3) === 0 ? null : `${marker} ${text(random, 3)}`,
  }),
};

const orderItems: TableRules = {
  key: ['order_id', 'line_number'],
  parents: [
    { table: 'orders', column: 'order_id' },
    { table: 'products', column: 'product_id' },
  ],
  enums: [],
  json: [],
  binary: [],
  create: (random, _marker, n) => ({ line_number: n, quantity: random.int(1, 20), unit_price: money(random) }),
  alter: (random, _marker, values) => ({ quantity: Number(values.quantity) + random.int(1, 20) }),
};

export const tables: Readonly<Record<TableName, TableRules>> = {
  customers,
  products,
  orders,
  order_items: orderItems,
};
