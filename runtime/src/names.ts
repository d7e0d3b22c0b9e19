/** Names and ports that our programs, the model and its targets share. The project's design fixes them. */

/** Topics of the row changes and of the messages that could not be decoded. */
export const eventsTopic = 'cdc-events';
export const deadLetterTopic = 'cdc-events.dead-letter';

/** The protocols of TiCDC that the consumer reads, by their names in a changefeed's sink URI. */
export const protocolNames = ['canal-json', 'open-protocol', 'debezium', 'simple'] as const;
export type ProtocolName = (typeof protocolNames)[number];

/** Kafka consumer group of the consumer. */
export const consumerGroup = 'cdc-consumer';

/** Port on which TiDB answers SQL. */
export const databasePort = 4000;

/** Port of the consumer's metrics and probes. */
export const consumerPort = 9464;

/** Port of the console page. */
export const consolePort = 8080;

/** Elasticsearch alias for reading the events. */
export const eventsAlias = 'cdc-events';

/** Index of the documents that Elasticsearch refused, each stored as text with the reason. */
export const rejectedIndex = 'cdc-events-rejected';

/** Database of the demo application. */
export const database = 'shop';

/** The application's user: reads and writes rows of the database, nothing more. */
export const appUser = 'shop_app';
