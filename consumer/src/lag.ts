import { setTimeout as delay } from 'node:timers/promises';
import { createAdmin, type KafkaConnection } from '@tidb-cdc/runtime/kafka';
import { messageWithCauses } from '@tidb-cdc/runtime/log';
import { fetchGroupOffsets } from './group-offsets.ts';
import type { AssignedPartitions } from './partitions.ts';

const interval = 10_000;

/**
 * Asks the broker for the ends of the assigned partitions, every 10 s and at each assignment. So the lag shows before
 * the first batch, and grows even while nothing is consumed. Ends when `stopping` is aborted.
 */
export async function watchLag(
  connection: KafkaConnection,
  groupId: string,
  partitions: AssignedPartitions,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    // A new connection after each failure: after a broker's restart the old one may never answer again.
    const admin = createAdmin(connection);
    try {
      await admin.connect();
      while (!stopping.aborted) {
        const offsets = await fetchGroupOffsets(admin, groupId, Object.keys(partitions.assignment()));
        partitions.refresh(offsets.map((one) => ({ ...one, start: one.committed ?? one.low })));
        await Promise.race([delay(interval, undefined, { signal: stopping }), partitions.nextAssignment()]);
      }
    } catch (error) {
      if (stopping.aborted) return;
      connection.log.warn({ reason: messageWithCauses(error) }, 'cannot ask the broker for the lag, trying again');
      await delay(interval, undefined, { signal: stopping }).catch(() => undefined);
    } finally {
      await admin.disconnect();
    }
  }
}
