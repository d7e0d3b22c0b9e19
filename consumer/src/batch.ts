import type { EachBatchPayload, KafkaMessage } from '@tidb-cdc/runtime/kafka';
import type { Logger } from '@tidb-cdc/runtime/log';
import type { ClaimCheck } from './claim-check/claim-check.ts';
import type { Position } from './counter-state.ts';
import type { BatchCounts, Counts } from './counts.ts';
import type { DeadLetterSender } from './dead-letters.ts';
import { type BatchSource, type DecodedBatch, decodeBatch } from './decode-batch.ts';
import type { EventLog } from './event-log/event-log.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { AssignedPartitions } from './partitions.ts';
import type { Decoder } from './protocols/decoder.ts';
import { type RetryContext, untilDone } from './retry.ts';

/** The parts that a batch goes through. */
export interface BatchParts {
  readonly decoder: Decoder;
  readonly claimCheck?: ClaimCheck | undefined;
  readonly eventLog: EventLog;
  readonly deadLetters: Pick<DeadLetterSender, 'send'>;
  readonly counts: Counts;
  readonly metrics: Pick<Metrics, 'eventDelay' | 'batchDuration'>;
  readonly partitions: AssignedPartitions;
  readonly health: Health;
  readonly log: Logger;
  /** Aborted when the consumer is to end. */
  readonly stopping: AbortSignal;
  /** Bound on the line of an event, in bytes. */
  readonly maxLineBytes: number;
}

/** The part of kafkajs's payload that is used. */
export type BatchDelivery = Pick<
  EachBatchPayload,
  'resolveOffset' | 'heartbeat' | 'commitOffsetsIfNecessary' | 'uncommittedOffsets'
> & { readonly batch: BatchSource & { readonly highWatermark: string } };

/** Steps that fail where the disk is full or gone, as in "cannot …". */
export const diskSteps = { write: 'write the event log', count: 'store the counts' } as const;
/** A commit that is refused so often is left to kafkajs, which connects anew or joins the group again. */
const commitAttempts = 5;

/** Bytes of messages, unpacked, that are in work at a time: their rows are in memory several times over. */
const portionBytes = 1024 * 1024;

/**
 * Takes a batch one way, a large one in portions, one after another.
 * @throws what `untilDone` (retry.ts) and kafkajs's heartbeat throw
 */
export async function processBatch(delivery: BatchDelivery, parts: BatchParts): Promise<void> {
  const { topic, partition, highWatermark, messages } = delivery.batch;
  for (const portion of portionsOf(messages)) {
    if (portion[0] !== messages[0]) await delivery.heartbeat();
    await processPortion({ ...delivery, batch: { topic, partition, highWatermark, messages: portion } }, parts);
  }
}

/** Runs of messages of at most `portionBytes`, or of a single larger one. */
function* portionsOf(messages: readonly KafkaMessage[]): Generator<readonly KafkaMessage[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, { value }] of messages.entries()) {
    const size = value?.length ?? 0;
    if (index > start && bytes + size > portionBytes) {
      yield messages.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < messages.length) yield messages.slice(start);
}

/**
 * Decode, write the event log, send dead letters, count, commit. A step that fails is tried again by itself; when it
 * rejects, nothing of the portion is resolved, and Kafka delivers it again.
 */
async function processPortion(delivery: BatchDelivery, parts: BatchParts): Promise<void> {
  const arrivedAt = Date.now();
  const { batch } = delivery;
  const { counts, metrics, partitions } = parts;
  const [first, last] = [batch.messages[0], batch.messages.at(-1)];
  if (first === undefined || last === undefined) return;
  const next = Number(last.offset) + 1;
  const end = Number(batch.highWatermark);
  // Now too, since the steps below may be held up.
  partitions.refresh([{ topic: batch.topic, partition: batch.partition, start: Number(first.offset), end }]);
  const known = knownPosition(delivery, parts);
  const retrying: RetryContext = { ...parts, heartbeat: delivery.heartbeat };

  const decoded = await writeEvents(batch, known, parts, retrying);
  const writtenAt = Date.now();
  await untilDone('send dead letters', () => parts.deadLetters.send(decoded.deadLetters), retrying);
  await untilDone(
    diskSteps.count,
    () => counts.record(toBatchCounts(batch, decoded.increments, known, arrivedAt)),
    retrying,
  );
  // Nothing may come between this and the end of the step above: one scrape shows the counts and the offset they belong to.
  partitions.advance(batch.topic, batch.partition, next, end, decoded.watermark);
  for (const committedAt of decoded.commitTimes)
    metrics.eventDelay.observe(Math.max(0, writtenAt - committedAt) / 1_000);

  delivery.resolveOffset(last.offset);
  await untilDone(
    'commit the offset',
    () => delivery.commitOffsetsIfNecessary(delivery.uncommittedOffsets()),
    retrying,
    commitAttempts,
  );
  metrics.batchDuration.observe((Date.now() - arrivedAt) / 1_000);
}

/** Decodes the batch into the event log and writes it out. Where that is given up, no line of it stays behind in memory. */
async function writeEvents(
  batch: BatchSource,
  known: Position | undefined,
  { decoder, claimCheck, eventLog, maxLineBytes, log }: BatchParts,
  retrying: RetryContext,
): Promise<DecodedBatch> {
  try {
    const append = eventLog.append.bind(eventLog);
    const decoded = await decodeBatch(batch, {
      decoder,
      claimCheck,
      nextNew: known?.next ?? 0,
      maxLineBytes,
      append,
      log,
    });
    warnOfDeadLetters(decoded, log);
    await untilDone(diskSteps.write, () => eventLog.flush(), retrying);
    return decoded;
  } catch (error) {
    eventLog.discard();
    throw error;
  }
}

/**
 * How far the partition was counted before. Undefined where nothing is known, and where the topic has been deleted and
 * created again: then it is shorter than what was counted, or has new messages at old offsets.
 */
function knownPosition({ batch }: BatchDelivery, { counts, log }: BatchParts): Position | undefined {
  const { topic, partition, messages, highWatermark } = batch;
  const known = counts.position(topic, partition);
  const first = messages[0];
  if (known === undefined || first === undefined || Number(first.offset) >= known.next) return known;
  const isShorter = Number(highWatermark) < known.next;
  const isNewer = Number(first.timestamp) > known.newest;
  if (!isShorter && !isNewer) return known;
  log.warn(
    { topic, partition, offset: first.offset, end: highWatermark, counted: known.next },
    'the topic has been created anew: its offsets begin again',
  );
  return undefined;
}

function toBatchCounts(
  { topic, partition, messages }: BatchSource,
  increments: BatchCounts['increments'],
  known: Position | undefined,
  arrivedAt: number,
): BatchCounts {
  const next = messages.reduce((end, { offset }) => Math.max(end, Number(offset) + 1), known?.next ?? 0);
  const newest = messages.reduce((time, { timestamp }) => Math.max(time, Number(timestamp)), known?.newest ?? 0);
  return { topic, partition, position: { next, newest }, arrivedAt, increments };
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
