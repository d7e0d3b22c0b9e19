import { createRandom } from '@tidb-cdc/jobs/shop/random';

/** Shape of a message. */
export interface MessageShape {
  readonly operation: 'insert' | 'update';
  readonly columns: number;
  /** Approximate length of the whole message. The minimum is what canal-json needs for the columns. */
  readonly bytes: number;
  /** Whether texts contain non-ASCII characters. @default false */
  readonly unicode?: boolean;
}

interface Column {
  readonly name: string;
  readonly mysqlType: string;
  /** JDBC type code. */
  readonly sqlType: number;
  readonly value: (row: number) => string;
}

const head: readonly Column[] = [
  { name: 'id', mysqlType: 'bigint', sqlType: -5, value: (row) => String(1_000_000 + row) },
  { name: 'status', mysqlType: 'varchar', sqlType: 12, value: (row) => ['new', 'paid', 'sent'][row % 3] ?? '' },
  { name: 'customer_id', mysqlType: 'bigint', sqlType: -5, value: (row) => String((row * 7919) % 99_991) },
  { name: 'total', mysqlType: 'decimal', sqlType: 3, value: (row) => `${row % 1000}.${10 + (row % 90)}` },
  { name: 'created_at', mysqlType: 'datetime', sqlType: 93, value: () => '2026-11-25 03:29:15' },
];

/** Time of the first commit in milliseconds. A TSO holds it above its lowest 18 bits. */
const firstCommit = 1_795_000_000_000;
const words = 'order paid parcel left depot late refund gift wrap blue door-step ring "twice" please'.split(' ');
const unicodeWords = [...words, 'große', '東京', 'café'];

/** Makes messages of one shape: canal-json with TiCDC's extension. The same `index` always gives the same bytes. */
export function messageMaker({ operation, columns, bytes, unicode }: MessageShape): (index: number) => Buffer {
  const all = columnsOf(columns);
  const text = fillerOf(unicode ? unicodeWords : words);
  const write = (index: number, fill: number) => encode(operation, all, index, text(index, fill));
  const bare = write(0, 0).length;
  const fillers = Math.max(0, columns - head.length) * (operation === 'update' ? 2 : 1);
  const fill = fillers === 0 ? 0 : Math.max(0, Math.round((bytes - bare) / fillers));
  return (index) => write(index, fill);
}

function columnsOf(count: number): readonly Column[] {
  const more = Array.from({ length: Math.max(0, count - head.length) }, (_, index) => {
    return { name: `note_${index}`, mysqlType: 'varchar', sqlType: 12, value: () => '' };
  });
  return [...head.slice(0, count), ...more];
}

/** Makes text of a given length, with words that differ from row to row. */
function fillerOf(from: readonly string[]): (index: number, length: number) => () => string {
  return (index, length) => {
    const random = createRandom(index);
    return () => {
      let text = '';
      while (text.length < length) text += `${random.pick(from)} `;
      return text.slice(0, length);
    };
  };
}

function encode(
  operation: MessageShape['operation'],
  columns: readonly Column[],
  index: number,
  text: () => string,
): Buffer {
  const image = (row: number) =>
    Object.fromEntries(columns.map(({ name, value }) => [name, name.startsWith('note_') ? text() : value(row)]));
  const committed = firstCommit + index;
  const message = {
    id: 0,
    database: 'shop',
    table: 'orders',
    pkNames: ['id'],
    isDdl: false,
    type: operation.toUpperCase(),
    es: committed,
    ts: committed + 300,
    sql: '',
    sqlType: Object.fromEntries(columns.map(({ name, sqlType }) => [name, sqlType])),
    mysqlType: Object.fromEntries(columns.map(({ name, mysqlType }) => [name, mysqlType])),
    old: operation === 'update' ? [{ ...image(index + 1), id: String(1_000_000 + index) }] : null,
    data: [image(index)],
  };
  // A TSO exceeds what a JavaScript number holds exactly.
  const commitTs = (BigInt(committed) << 18n) + BigInt(index % 1000);
  return Buffer.from(`${JSON.stringify(message).slice(0, -1)},"_tidb":{"commitTs":${commitTs}}}`);
}
