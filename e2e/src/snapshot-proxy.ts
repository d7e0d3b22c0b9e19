import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Bytes before a packet of MySQL's protocol: its length in three, its number in one. */
const headerBytes = 4;
const queryCommand = 3;
const snapshotStatement = /^SET @@tidb_snapshot = '(\d+)'$/;

/** Bits of a TSO below its milliseconds. */
const logicalBits = 18n;

/** Returns the TSO for a time in microseconds since the epoch: microseconds within the millisecond are its logical part. */
export function tsoOf(microseconds: bigint): bigint {
  return ((microseconds / 1_000n) << logicalBits) | (microseconds % 1_000n);
}

/** The reverse of `tsoOf`. The TSO before a millisecond's first one is the last microsecond of the previous millisecond. */
function microsecondsOf(tso: bigint): bigint {
  const logical = tso & ((1n << logicalBits) - 1n);
  return (tso >> logicalBits) * 1_000n + (logical > 999n ? 999n : logical);
}

/**
 * A proxy through which MariaDB reads rows as of a commit like TiDB. It forwards all bytes unchanged, so that login, rows
 * and errors are MariaDB's own, except for one statement: `SET @@tidb_snapshot = '<TSO>'` becomes
 * `SET @@system_versioning_asof` with the time of that TSO, which does the same for tables WITH SYSTEM VERSIONING. A TSO
 * before the safe point gets TiDB's error, raised in MariaDB by SIGNAL.
 */
export class SnapshotProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param port where it listens
   * @param target the port of MariaDB
   * @param safePoint TSO before which garbage collection has been
   */
  static async start(port: number, target: number, safePoint = 0n): Promise<SnapshotProxy> {
    const server = createServer();
    const proxy = new SnapshotProxy(server);
    server.on('connection', (client) => {
      const database = connect(target, '127.0.0.1');
      proxy.#join(client, database);
      const rewritten = new PacketRewriter((sql) => rewrite(sql, safePoint));
      client.on('data', (bytes) => database.write(rewritten.take(bytes)));
      database.on('data', (bytes) => client.write(bytes));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** One ends with the other. */
  #join(...pair: [Socket, Socket]): void {
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const one of pair) one.destroy();
      });
    }
  }
}

function rewrite(sql: string, safePoint: bigint): string {
  const [, digits] = snapshotStatement.exec(sql) ?? [];
  if (digits === undefined) return sql;
  const tso = BigInt(digits);
  if (tso < safePoint) {
    return "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 8055, MESSAGE_TEXT = 'snapshot is older than GC safe point'";
  }
  const microseconds = microsecondsOf(tso);
  const seconds = new Date(Number(microseconds / 1_000n)).toISOString().slice(0, 19).replace('T', ' ');
  return `SET @@system_versioning_asof = '${seconds}.${String(microseconds % 1_000_000n).padStart(6, '0')}'`;
}

/** Changes the statements in what a client sends. */
class PacketRewriter {
  readonly #rewrite: (sql: string) => string;
  #rest: Buffer = Buffer.alloc(0);

  constructor(rewriteStatement: (sql: string) => string) {
    this.#rewrite = rewriteStatement;
  }

  /** The whole packets in what came so far. */
  take(bytes: Buffer): Buffer {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const packets: Buffer[] = [];
    while (this.#rest.length >= headerBytes) {
      const end = headerBytes + this.#rest.readUIntLE(0, 3);
      if (this.#rest.length < end) break;
      packets.push(this.#packet(this.#rest.subarray(0, end)));
      this.#rest = this.#rest.subarray(end);
    }
    return Buffer.concat(packets);
  }

  #packet(packet: Buffer): Buffer {
    // A command is the first packet of its exchange; the others are of the login.
    if (packet[3] !== 0 || packet[headerBytes] !== queryCommand) return packet;
    const sql = Buffer.from(this.#rewrite(packet.toString('utf8', headerBytes + 1)));
    const header = Buffer.from([0, 0, 0, 0, queryCommand]);
    header.writeUIntLE(sql.length + 1, 0, 3);
    return Buffer.concat([header, sql]);
  }
}
