/** An INSERT of one row with an integer key, as Canal writes it to Kafka. */
export function canalInsert(table: string, id: number, columns: Readonly<Record<string, string | null>> = {}): Buffer {
  const [database, name] = table.split('.', 2);
  const types = Object.fromEntries(Object.keys(columns).map((column) => [column, 'longtext']));
  const message = {
    data: [{ id: String(id), ...columns }],
    database,
    es: Date.now(),
    gtid: '',
    id,
    isDdl: false,
    mysqlType: { id: 'int(11)', ...types },
    old: null,
    pkNames: ['id'],
    sql: '',
    sqlType: { id: 4, ...Object.fromEntries(Object.keys(columns).map((column) => [column, 2005])) },
    table: name,
    ts: Date.now(),
    type: 'INSERT',
  };
  return Buffer.from(JSON.stringify(message));
}
