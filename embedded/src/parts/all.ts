import { canalPart } from './canal.ts';
import { consumerPart } from './consumer.ts';
import { elasticsearchPart } from './elasticsearch.ts';
import { filebeatPart } from './filebeat.ts';
import { kafkaPart } from './kafka.ts';
import { mariadbPart } from './mariadb.ts';
import type { Part, PartContext } from './part.ts';
import { prometheusPart } from './prometheus.ts';

/** Every part that runs as a process of its own, those first that others wait for: Maven fetches one at a time. */
export function createParts(context: PartContext): readonly Part[] {
  return [kafkaPart, mariadbPart, elasticsearchPart, canalPart, consumerPart, filebeatPart, prometheusPart].map(
    (create) => create(context),
  );
}
