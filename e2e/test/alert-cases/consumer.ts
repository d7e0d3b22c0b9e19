import { type AlertCases, fires, silent } from './alert-case.ts';

const offset = 'cdc_consumer_offset{topic="cdc-events",partition="0"}';
const lag = 'cdc_consumer_lag{topic="cdc-events",partition="0"}';
const partition = { topic: 'cdc-events', partition: '0' };
const events = 'cdc_events_total{tablename="shop.orders",operation="insert"}';

export const consumerCases: AlertCases = {
  ConsumerDown: [
    fires(
      'the only instance does not answer',
      { 'up{job="consumer",instance="c:9464"}': '1x3 0x5' },
      7,
      {},
      'No instance of the consumer has answered Prometheus for a minute. Events wait in Kafka.',
    ),
    fires(
      'the instance is gone from the targets',
      { 'up{job="prometheus",instance="p:9090"}': '1x8' },
      7,
      {},
      'No instance of the consumer has answered Prometheus for a minute. Events wait in Kafka.',
    ),
    silent(
      'one of two instances answers',
      { 'up{job="consumer",instance="a:9464"}': '0x8', 'up{job="consumer",instance="b:9464"}': '1x8' },
      7,
    ),
  ],
  ConsumerUnassigned: [
    fires(
      'all partitions are lost',
      {
        'cdc_consumer_assigned_partitions{instance="a"}': '3x2 0x8',
        'cdc_consumer_assigned_partitions{instance="b"}': '0x10',
      },
      8,
      {},
      'The consumer is up and no partition of the topic is assigned to it: Kafka does not answer, the topic is missing, or the group cannot form.',
    ),
    silent(
      'one instance stands by',
      {
        'cdc_consumer_assigned_partitions{instance="a"}': '3x10',
        'cdc_consumer_assigned_partitions{instance="b"}': '0x10',
      },
      8,
    ),
  ],
  ConsumerStalled: [
    fires(
      'the offset stays while the topic grows',
      { [offset]: '100x15', [lag]: '0+10x15' },
      12,
      partition,
      'Partition 0 of cdc-events has grown for five minutes and its offset has not moved.',
    ),
    silent('it reads, though too slowly', { [offset]: '0+10x15', [lag]: '0+10x15' }, 12),
    silent('nobody writes', { [offset]: '100x15', [lag]: '0x15' }, 12),
    silent(
      'the partition has moved to another instance',
      {
        'cdc_consumer_offset{topic="cdc-events",partition="0",instance="a"}': '0+10x5 stale',
        'cdc_consumer_lag{topic="cdc-events",partition="0",instance="a"}': '0+5x5 stale',
        'cdc_consumer_offset{topic="cdc-events",partition="0",instance="b"}': '_x5 60+10x10',
        'cdc_consumer_lag{topic="cdc-events",partition="0",instance="b"}': '_x5 30+5x10',
      },
      12,
    ),
  ],
  ConsumerLagRising: [
    fires(
      'more is written than read',
      { [lag]: '0+300x40' },
      30,
      { topic: 'cdc-events' },
      'The lag of cdc-events has grown by 5 messages per second for twenty minutes.',
    ),
    silent('it catches up', { [lag]: '20000-300x40' }, 30),
    silent('a few hundred messages wait', { [lag]: '0+10x40' }, 30),
  ],
  EventDelayHigh: [
    fires(
      'events take up to a minute',
      delays({ '30': '0x15', '60': '0+10x15', '+Inf': '0+10x15' }),
      12,
      {},
      'One event in a hundred took more than 59.7s from its commit to the event log.',
    ),
    silent('events take a second', delays({ '30': '0+10x15', '60': '0+10x15', '+Inf': '0+10x15' }), 12),
    silent('there are no events', delays({ '30': '5x15', '60': '5x15', '+Inf': '5x15' }), 12),
  ],
  DeadLettersAppeared: [
    fires(
      'one more than before',
      { 'cdc_dead_letters_total{reason="INVALID_JSON"}': '0x5 1x5' },
      7,
      { reason: 'INVALID_JSON' },
      'Messages went to the dead-letter topic in the last ten minutes, reason INVALID_JSON.',
    ),
    silent('those of long ago', { 'cdc_dead_letters_total{reason="INVALID_JSON"}': '3x20' }, 15),
  ],
  MessagesLost: [
    fires(
      'a partition lost some',
      { 'cdc_messages_lost_total{topic="cdc-events",partition="0"}': '0x5 50x5' },
      7,
      partition,
      'Partition 0 of cdc-events dropped messages before the consumer read them: their changes are neither counted nor searchable.',
    ),
    silent('those of long ago', { 'cdc_messages_lost_total{topic="cdc-events",partition="0"}': '50x90' }, 80),
  ],
  DuplicatesHigh: [
    fires(
      'every fifth event had been there',
      { cdc_duplicate_events_total: '0+20x40', [events]: '0+100x40' },
      30,
      {},
      '20% of the events in the last ten minutes had been delivered before.',
    ),
    silent('one burst after a crash', { cdc_duplicate_events_total: '0x4 500x36', [events]: '0+100x40' }, 30),
    silent('every twentieth event', { cdc_duplicate_events_total: '0+5x40', [events]: '0+100x40' }, 30),
    silent('no events at all', { cdc_duplicate_events_total: '0x40', [events]: '100x40' }, 30),
  ],
  EventLogNotWritable: [
    fires(
      'writes fail',
      { 'cdc_event_log_writable{job="consumer",instance="c:9464"}': '1x2 0x6' },
      6,
      { job: 'consumer', instance: 'c:9464' },
      'c:9464 has failed to write the event log for a minute. It commits nothing and keeps retrying.',
    ),
    silent('one write was tried again', { 'cdc_event_log_writable{job="consumer",instance="c:9464"}': '1 0 1x6' }, 6),
  ],
};

/** Histories of a histogram's buckets: upper bound → values. */
function delays(buckets: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(buckets).map(([bound, values]) => [`cdc_event_delay_seconds_bucket{le="${bound}"}`, values]),
  );
}
