import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { committedOffsets } from '@tidb-cdc/e2e/clients/kafka';
import { startProgram } from '@tidb-cdc/e2e/program';
import { freePort } from '@tidb-cdc/runtime/ports';
import { isRunning } from '@tidb-cdc/runtime/process-identity';

/** The consumer, and readers that range from one that only reads to one that writes each message separately. */
export const programs = {
  consumer: 'consumer/src/main.ts',
  'bare read': 'bench/src/readers/bare-read.ts',
  'plain loop': 'bench/src/readers/plain-loop.ts',
  'write each': 'bench/src/readers/write-each.ts',
} as const;

export type Reader = keyof typeof programs;

export interface ReadersOptions {
  readonly brokers: string;
  readonly topic: string;
  /** Number of processes that share the partitions. */
  readonly count: number;
  readonly folder: string;
}

/** Processes of one program that read a topic from the beginning, as a new group. */
export interface Readers {
  readonly pids: readonly number[];
  /** Number of messages done: committed, or for the bare reader, read. */
  done(): Promise<number>;
  /** @throws Error with the output of a process that has ended */
  check(): void;
  /** Ends the processes and removes what they wrote. */
  stop(): Promise<void>;
}

export async function startReaders(
  reader: Reader,
  { brokers, topic, count, folder }: ReadersOptions,
): Promise<Readers> {
  const groupId = `bench-${randomUUID().slice(0, 8)}`;
  const own = join(folder, groupId);
  const started = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const eventLogFolder = join(own, String(index));
      mkdirSync(eventLogFolder, { recursive: true });
      const env = {
        KAFKA_BROKERS: brokers,
        KAFKA_TOPICS: topic,
        KAFKA_GROUP_ID: groupId,
        EVENT_LOG: join(eventLogFolder, 'events.ndjson'),
        HTTP_PORT: String(await freePort()),
        LOG_LEVEL: 'error',
      };
      return startProgram(programs[reader], { env });
    }),
  );
  return {
    pids: started.map(({ pid }) => pid),
    async done() {
      if (reader === 'bare read') return sum(started.map(({ output }) => Number(/(\d+)\n$/.exec(output())?.[1] ?? 0)));
      return sum([...(await committedOffsets(brokers, groupId, topic)).values()]);
    },
    check() {
      const ended = started.find(({ pid }) => !isRunning(pid));
      if (ended !== undefined) throw new Error(`the ${reader} ended:\n${ended.output().slice(-4_000)}`);
    },
    async stop() {
      for (const program of started) program.kill('SIGTERM');
      await Promise.all(started.map((program) => program.ended));
      rmSync(own, { recursive: true, force: true });
    },
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
