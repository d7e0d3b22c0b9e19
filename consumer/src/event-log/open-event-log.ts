import type { Logger } from '@tidb-cdc/runtime/log';
import type { ConsumerSettings } from '../settings.ts';
import type { EventLog } from './event-log.ts';
import { FileEventLog } from './file-event-log.ts';

/** Opens the event log that the settings name. `onRemoved` is called for each removed segment file. */
export async function openEventLog(settings: ConsumerSettings, log: Logger, onRemoved: () => void): Promise<EventLog> {
  return FileEventLog.open({
    path: settings.EVENT_LOG,
    rotateBytes: settings.EVENT_LOG_ROTATE_BYTES,
    keepFiles: settings.EVENT_LOG_KEEP_FILES,
    nudgeMs: settings.EVENT_LOG_NUDGE_SECONDS * 1000,
    log,
    onRemoved,
  });
}
