import { watermarkAge } from '../queries.ts';
import type { AlertGroup } from './rule.ts';

/** Changefeed states in `ticdc_owner_status` (tiflow v8.5.7, `FeedState.ToInt` in cdc/model/changefeed.go). */
const state = { normal: 0, pending: 1, failed: 2, stopped: 3, warning: 6 } as const;

// By `changefeed` only: on Kubernetes, the Kubernetes namespace replaces the metric's own label `namespace`.
const status = 'max by (changefeed) (ticdc_owner_status)';
const checkpointLag = 'max by (changefeed) (ticdc_owner_checkpoint_ts_lag)';

/**
 * Alerts about TiCDC's changefeed. Its state can stay `normal` while Kafka is away, so the lag has its own alerts; a
 * stopped changefeed has no lag any more, so the state has its own too. The watermark is the consumer's figure, so it
 * also covers an external TiCDC.
 */
export const changefeedAlerts: AlertGroup = {
  name: 'cdc-changefeed',
  needs: ['consumer'],
  alerts: [
    {
      alert: 'ChangefeedLagHigh',
      needs: ['ticdc'],
      expr: `${checkpointLag} > 60`,
      for: '2m',
      severity: 'warning',
      summary: 'The changefeed is over a minute behind',
      description: 'Changefeed {{ $labels.changefeed }} is {{ $value | humanizeDuration }} behind TiDB.',
    },
    {
      alert: 'ChangefeedLagCritical',
      needs: ['ticdc'],
      expr: `${checkpointLag} > 600`,
      for: '1m',
      severity: 'critical',
      summary: 'The changefeed is over ten minutes behind',
      description:
        "Changefeed {{ $labels.changefeed }} is {{ $value | humanizeDuration }} behind TiDB. Once it is further behind than TiDB's GC life time, the missing changes can no longer be read.",
    },
    {
      alert: 'ChangefeedFailed',
      needs: ['ticdc'],
      expr: `${status} == ${state.failed}`,
      for: '1m',
      severity: 'critical',
      summary: 'The changefeed has failed',
      description: 'Changefeed {{ $labels.changefeed }} has failed and does not resume by itself.',
    },
    {
      alert: 'ChangefeedStopped',
      needs: ['ticdc'],
      expr: `${status} == ${state.stopped}`,
      for: '5m',
      severity: 'critical',
      summary: 'The changefeed is stopped',
      description: 'Changefeed {{ $labels.changefeed }} is paused: no change leaves TiDB.',
    },
    {
      alert: 'ChangefeedRetrying',
      needs: ['ticdc'],
      expr: `(${status} == ${state.pending}) or (${status} == ${state.warning})`,
      for: '5m',
      severity: 'warning',
      summary: 'The changefeed reports errors',
      description: 'Changefeed {{ $labels.changefeed }} has reported errors for five minutes and keeps retrying.',
    },
    {
      alert: 'ChangefeedMissing',
      needs: ['ticdc'],
      expr: 'absent(ticdc_owner_status) and on () (max(up{job="ticdc"}) == 1)',
      for: '5m',
      severity: 'critical',
      summary: 'There is no changefeed',
      description: 'TiCDC is up and has no changefeed: no change leaves TiDB.',
    },
    {
      alert: 'WatermarkStale',
      expr: `${watermarkAge} > 120`,
      for: '2m',
      severity: 'critical',
      summary: 'No watermark arrives',
      description:
        'TiCDC writes a watermark about once per second; the newest one that the consumer has read is {{ $value | humanizeDuration }} old. Something between TiCDC and the consumer is broken.',
    },
  ],
};
