import { type AlertCases, fires, silent } from './alert-case.ts';

const owner = '{namespace="default",changefeed="cdc-events",instance="ticdc:8300"}';
const lag = `ticdc_owner_checkpoint_ts_lag${owner}`;
const status = `ticdc_owner_status${owner}`;
const labels = { changefeed: 'cdc-events' };

export const changefeedCases: AlertCases = {
  ChangefeedLagHigh: [
    fires('over a minute behind', { [lag]: '1 90x9' }, 6, labels, 'Changefeed cdc-events is 1m 30s behind TiDB.'),
    silent('behind for a moment', { [lag]: '1 90 1x9' }, 6),
  ],
  ChangefeedLagCritical: [
    fires(
      'over ten minutes behind',
      { [lag]: '700x9' },
      5,
      labels,
      "Changefeed cdc-events is 11m 40s behind TiDB. Once it is further behind than TiDB's GC life time, the missing changes can no longer be read.",
    ),
    silent('two minutes behind', { [lag]: '120x9' }, 5),
  ],
  ChangefeedFailed: [
    fires(
      'state failed',
      { [status]: '0 2x9' },
      5,
      labels,
      'Changefeed cdc-events has failed and does not resume by itself.',
    ),
    silent('state normal', { [status]: '0x9' }, 5),
  ],
  ChangefeedStopped: [
    fires('state stopped', { [status]: '3x9' }, 8, labels, 'Changefeed cdc-events is paused: no change leaves TiDB.'),
    silent('paused for an update', { [status]: '0 3 3 0x9' }, 8),
  ],
  ChangefeedRetrying: [
    fires(
      'state warning',
      { [status]: '6x9' },
      8,
      labels,
      'Changefeed cdc-events has reported errors for five minutes and keeps retrying.',
    ),
    fires(
      'state pending',
      { [status]: '1x9' },
      8,
      labels,
      'Changefeed cdc-events has reported errors for five minutes and keeps retrying.',
    ),
    silent('one error', { [status]: '0 6 0x9' }, 8),
    silent('state failed, which has an alert of its own', { [status]: '2x9' }, 8),
  ],
  ChangefeedMissing: [
    fires(
      'TiCDC has none',
      { 'up{job="ticdc",instance="ticdc:8300"}': '1x9' },
      8,
      {},
      'TiCDC is up and has no changefeed: no change leaves TiDB.',
    ),
    silent('TiCDC is down', { 'up{job="ticdc",instance="ticdc:8300"}': '0x9' }, 8),
    silent('there is one', { 'up{job="ticdc",instance="ticdc:8300"}': '1x9', [status]: '0x9' }, 8),
  ],
  WatermarkStale: [
    fires(
      'the newest is that of the first minute',
      { cdc_watermark_timestamp_seconds: '0x12' },
      10,
      {},
      'TiCDC writes a watermark about once per second; the newest one that the consumer has read is 10m 0s old. Something between TiCDC and the consumer is broken.',
    ),
    silent('watermarks arrive', { cdc_watermark_timestamp_seconds: '0+60x12' }, 10),
  ],
};
