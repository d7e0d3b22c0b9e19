import { canalPart } from './canal.ts';
import { consumerPart } from './consumer.ts';
import { elasticsearchPart } from './elasticsearch.ts';
import { filebeatPart } from './filebeat.ts';
import { kafkaPart } from './kafka.ts';
import { mariadbPart } from './mariadb.ts';
import type { Part, PartContext } from './part.ts';
import { prometheusPart } from './prometheus.ts';

/** All parts that run as their own process. Maven fetches one at a time, so parts that others wait for come first. */
export function createParts(context: PartContext): readonly Part[] {
  return [kafkaPart, mariadbPart, elasticsearchPart, canalPart, consumerPart, filebeatPart, prometheusPart].map(
    (create) => create(context),
  );
}
