import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { unprivilegedId } from '@tidb-cdc/embedded/processes/isolation';
import { processTree } from '@tidb-cdc/runtime/process-identity';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterAll(() => root.end());

test('no file of this machine can be read or written through the database, by root either', async () => {
  const [rows] = await root.query("SELECT LOAD_FILE('/etc/passwd') AS content");
  expect(rows).toEqual([{ content: null }]);
  const table = await stage.createTable(root, 'line TEXT');
  const denied = /--secure-file-priv/;
  await expect(root.query(`LOAD DATA INFILE '/etc/passwd' INTO TABLE ${table}`)).rejects.toThrow(denied);
  await expect(root.query("SELECT 1 INTO OUTFILE '/tmp/tidb-cdc-written'")).rejects.toThrow(denied);
});

test.skipIf(process.getuid?.() !== 0)('no part runs as root, where root started the system', () => {
  const parts = stage.system.state.parts.filter(({ pid }) => pid !== undefined);
  expect(parts.length).toBeGreaterThan(5);
  for (const { name, pid } of parts) {
    // The console runs in the supervisor's process.
    if (name === 'console') continue;
    for (const process of processTree(pid as number))
      expect(userOf(process), `${name}, ${process}`).toBe(unprivilegedId);
  }
});

test('everything listens on this machine only', () => {
  const { pid, parts } = stage.system.state;
  const own = parts.flatMap((part) => (part.pid === undefined ? [] : processTree(part.pid)));
  const addresses = listeningAddresses(new Set([pid, ...own]));
  expect(addresses.length).toBeGreaterThan(8);
  expect(addresses.filter((address) => !loopback.includes(address))).toEqual([]);
});

/** 127.0.0.1, the same as an IPv4-mapped IPv6 address, and ::1, as written in /proc/net/tcp and tcp6. */
const loopback = ['0100007F', '0000000000000000FFFF00000100007F', '00000000000000000000000001000000'];

/** Local addresses of these processes' listening TCP sockets. */
function listeningAddresses(pids: ReadonlySet<number>): readonly string[] {
  const sockets = new Set([...pids].flatMap(socketsOf));
  const lines = ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/net/${file}`, 'utf8').trim().split('\n').slice(1),
  );
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listens && sockets.has(fields[9] ?? ''))
    .map((fields) => fields[1]?.split(':')[0] ?? '');
}

const listens = '0A';

/** Inodes of a process's sockets. */
function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1] ?? []);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    // Closed after the folder was read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Real user id of a process. */
function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
