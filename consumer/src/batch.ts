import { type EachBatchPayload, hasLostPartitions, isRebalance } from '@tidb-cdc/runtime/kafka';
import type { Logger } from '@tidb-cdc/runtime/log';
import type { Position } from './counter-state.ts';
import type { Counts, Increment } from './counts.ts';
import type { DeadLetterSender } from './dead-letters.ts';
import { type BatchSource, type DecodedBatch, decodeBatch } from './decode-batch.ts';
import type { EventLog } from './event-log/event-log.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { AssignedPartitions } from './partitions.ts';
import { portionsOf } from './portions.ts';
import type { Decoder } from './protocols/decoder.ts';
import { type RetryContext, untilDone } from './retry.ts';
import { Round } from './round.ts';
import type { RowCompleter } from './row-completer.ts';
import type { Takeover } from './takeover.ts';

/** The parts that process a batch. */
export interface BatchParts {
  readonly decoder: Decoder;
  /** What completes rows that TiCDC has cut. @default nothing: they stay cut */
  readonly completers?: readonly RowCompleter[];
  readonly eventLog: EventLog;
  readonly deadLetters: Pick<DeadLetterSender, 'send'>;
  readonly counts: Counts;
  readonly metrics: Pick<Metrics, 'eventDelay' | 'batchDuration'>;
  readonly partitions: AssignedPartitions;
  readonly takeover: Pick<Takeover, 'lostBefore' | 'readUpTo' | 'committing'>;
  readonly health: Health;
  readonly log: Logger;
  /** Aborted when the consumer must end. */
  readonly stopping: AbortSignal;
  /** Maximum length of an event's line, in bytes. */
  readonly maxLineBytes: number;
}

/** The members of kafkajs's payload that we use. */
export type BatchDelivery = Pick<
  EachBatchPayload,
  'resolveOffset' | 'heartbeat' | 'commitOffsetsIfNecessary' | 'uncommittedOffsets'
> & { readonly batch: Delivered };

type Delivered = BatchSource & { readonly highWatermark: string };

/** Steps that fail when the disk is full or gone, as in "cannot …". */
export const diskSteps = { write: 'write the event log', count: 'store the counts' } as const;
/** After this many refused commits the error goes to kafkajs, which reconnects or joins the group again. */
const commitAttempts = 5;

/**
 * Processes batches in one direction: decode → write → fdatasync → dead letters → counts → commit. The first two steps
 * run for each portion of a batch. The rest run once per round of portions, because a disk and a broker take as long
 * for one line as for a thousand. A round ends when there is nothing more to read, or when it gets long. A failed step
 * is retried on its own. Counters and offsets show nothing of a round until it is counted, and Kafka delivers it again
 * until it is committed.
 */
export class BatchProcessor {
  readonly #parts: BatchParts;
  #round: Round | undefined;
  /** Whether the round that was counted last is committed too. */
  #isCommitted = true;
  /** The latest delivery, through which a round sends heartbeats and commits. */
  #delivery: BatchDelivery | undefined;
  /** Increases at each assignment: work begun under an earlier one no longer belongs to this member. */
  #membership = 0;
  /** The end of the queue: several brokers deliver at the same time, but batches are processed one after another. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  /** @throws what `untilDone` (retry.ts) and kafkajs's heartbeat throw */
  process(delivery: BatchDelivery): Promise<void> {
    return this.#afterOthers(() => this.#takeIn(delivery));
  }

  /** Ends the round if it is due. Called before each fetch. */
  endDueRound(): Promise<void> {
    return this.#afterOthers(async () => {
      if (this.#round?.isDue()) await this.#endRound();
    });
  }

  /** Ends the round, however short. */
  endRound(): Promise<void> {
    return this.#afterOthers(() => this.#endRound());
  }

  /** Called when the group has assigned partitions again: reading continues at the committed offsets. */
  rejoined(): void {
    this.#membership += 1;
    this.#round = undefined;
    // If it was not, takeover.ts settles it.
    this.#isCommitted = true;
  }

  #afterOthers(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #takeIn(delivery: BatchDelivery): Promise<void> {
    const membership = this.#membership;
    this.#delivery = delivery;
    for (const messages of portionsOf(delivery.batch.messages)) {
      // The next process, or the member that has the partition now, reads the rest.
      if (this.#parts.stopping.aborted || membership !== this.#membership) return;
      await this.#writePortion(delivery, { ...delivery.batch, messages }, membership);
      if (this.#round?.isLong()) await this.#endRound();
    }
  }

  /** Sends a heartbeat. During a rebalance this member may still commit its round; once left out, it may not. */
  async #keepMembership({ heartbeat }: BatchDelivery): Promise<void> {
    try {
      await heartbeat();
    } catch (error) {
      if (hasLostPartitions(error)) this.#round = undefined;
      else if (isRebalance(error)) await this.#endRound();
      throw error;
    }
  }

  /** Checks before counting that the round still belongs to this member: it may have been written long ago. */
  async #checkMembership({ heartbeat }: BatchDelivery): Promise<void> {
    await heartbeat().catch((error: unknown) => {
      if (!isRebalance(error)) throw error;
      if (!hasLostPartitions(error)) return;
      this.#round = undefined;
      throw error;
    });
  }

  async #writePortion(delivery: BatchDelivery, batch: Delivered, membership: number): Promise<void> {
    const { metrics, partitions, takeover } = this.#parts;
    const { topic, partition, messages } = batch;
    const [first, last] = [messages[0], messages.at(-1)];
    if (first === undefined || last === undefined) return;
    // Refresh now as well: the steps below can block.
    partitions.refresh([{ topic, partition, start: Number(first.offset), end: Number(batch.highWatermark) }]);
    let lost: Increment | undefined;
    const lookForLost = async () => {
      lost = await takeover.lostBefore(topic, partition, Number(first.offset));
    };
    await untilDone('look for lost messages', lookForLost, this.#retrying(delivery.heartbeat));
    const known = this.#knownPosition(batch);
    const decoded = await this.#writeEvents(batch, known, delivery);
    if (membership !== this.#membership) return;

    const writtenAt = Date.now();
    for (const committedAt of decoded.commitTimes)
      metrics.eventDelay.observe(Math.max(0, writtenAt - committedAt) / 1_000);
    this.#round ??= new Round();
    this.#round.add({ ...batch, decoded, known });
    if (lost !== undefined) this.#round.addIncrement(lost);
    takeover.readUpTo(topic, partition, Number(last.offset) + 1);
    delivery.resolveOffset(last.offset);
  }

  /** Decodes messages into the event log and writes it. If that fails, none of the lines stays in memory. */
  async #writeEvents(batch: BatchSource, known: Position | undefined, delivery: BatchDelivery): Promise<DecodedBatch> {
    const { completers = [], decoder, eventLog, maxLineBytes, log } = this.#parts;
    try {
      const append = eventLog.append.bind(eventLog);
      const retrying = this.#retrying(delivery.heartbeat);
      const decoded = await decodeBatch(batch, {
        decoder,
        completion: { completers, retrying },
        nextNew: known?.next ?? 0,
        maxLineBytes,
        append,
        log,
      });
      warnOfDeadLetters(decoded, log);
      await this.#keepMembership(delivery);
      await untilDone(diskSteps.write, () => eventLog.flush(), retrying);
      return decoded;
    } catch (error) {
      eventLog.discard();
      throw error;
    }
  }

  async #endRound(): Promise<void> {
    const round = this.#round;
    const delivery = this.#delivery;
    if (round === undefined || delivery === undefined) return;
    const { counts, deadLetters, eventLog, metrics, partitions, takeover } = this.#parts;
    const retrying = this.#retrying(delivery.heartbeat);
    const membership = this.#membership;

    await untilDone(diskSteps.write, () => eventLog.sync(), retrying);
    await untilDone('send dead letters', () => deadLetters.send(round.deadLetters), retrying);
    await this.#checkMembership(delivery);
    if (membership !== this.#membership) return;
    await untilDone(diskSteps.count, () => counts.record(round.counted()), retrying);
    // Nothing asynchronous may come between the step above and this: a scrape must show counts with their own offsets.
    for (const one of round.partitions())
      partitions.advance(one.topic, one.partition, one.next, one.end, one.watermark);
    this.#round = undefined;
    this.#isCommitted = false;

    if (membership !== this.#membership) return;
    const offsets = takeover.committing(delivery.uncommittedOffsets());
    const commit = () => delivery.commitOffsetsIfNecessary(offsets);
    await untilDone('commit the offset', commit, retrying, commitAttempts);
    this.#isCommitted = true;
    metrics.batchDuration.observe(round.age() / 1_000);
  }

  #retrying(heartbeat: () => Promise<void>): RetryContext {
    const { health, log, stopping } = this.#parts;
    return { health, log, stopping, heartbeat };
  }

  #countedPosition(topic: string, partition: number): Position | undefined {
    const counted = this.#parts.counts.position(topic, partition);
    return counted !== undefined && this.#isCommitted ? { ...counted, last: undefined } : counted;
  }

  /**
   * Returns how far the partition was counted before; undefined when nothing is known, or when the topic was deleted
   * and created again. Such a topic is shorter than what was counted, or has newer messages at old offsets.
   */
  #knownPosition({ topic, partition, messages, highWatermark }: Delivered): Position | undefined {
    const known = this.#round?.position(topic, partition) ?? this.#countedPosition(topic, partition);
    const first = messages[0];
    if (known === undefined || first === undefined || Number(first.offset) >= known.next) return known;
    const isShorter = Number(highWatermark) < known.next;
    const isNewer = Number(first.timestamp) > known.newest;
    if (!isShorter && !isNewer) return known;
    this.#parts.log.warn(
      { topic, partition, offset: first.offset, end: highWatermark, counted: known.next },
      'the topic has been created again: its offsets begin at 0',
    );
    return undefined;
  }
}

function warnOfDeadLetters({ deadLetters }: DecodedBatch, log: Logger): void {
  const [first] = deadLetters;
  if (first === undefined) return;
  const { code, reason, topic, partition, message } = first;
  log.warn(
    { messages: deadLetters.length, first: { code, reason, topic, partition, offset: message.offset } },
    'messages that cannot be decoded go to the dead-letter topic',
  );
}
