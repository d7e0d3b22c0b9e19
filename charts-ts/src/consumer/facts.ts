/** Folder of the event log in compose, which the consumer writes and Filebeat reads. */
export const eventLogFolder = '/var/lib/cdc-events';

/** What Filebeat reads: the segments, not the link to the current one. */
export const eventLogGlob = `${eventLogFolder}/events.*.ndjson`;
