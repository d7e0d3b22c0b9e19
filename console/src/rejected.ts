import { rejectedIndex } from '@tidb-cdc/runtime/names';
import { askForFewer, fetchJson, type HttpPart } from './backend.ts';
import type { RejectedAnswer } from './contract.ts';
import { cut } from './cut.ts';
import { mayBeMissing } from './events.ts';

interface Hits {
  hits: {
    total: { value: number };
    hits: {
      _id: string;
      /** Filebeat writes these names with dots, not as nested objects. */
      _source: { '@timestamp'?: string; message?: unknown; 'error.message'?: unknown; 'error.type'?: unknown };
    }[];
  };
}

/**
 * The newest documents that Elasticsearch refused, newest first.
 * @throws BackendError when Elasticsearch gives no answer
 */
export async function findRejected(elasticsearch: HttpPart): Promise<RejectedAnswer> {
  const { hits } = await askForFewer(20, 4, (size) =>
    fetchJson<Hits>(elasticsearch, `/${rejectedIndex}/_search?${mayBeMissing}`, {
      body: { size, track_total_hits: true, sort: [{ '@timestamp': { order: 'desc', unmapped_type: 'date' } }] },
    }),
  );
  return {
    documents: hits.hits.map(({ _id, _source: { '@timestamp': at, message, ...error } }) => ({
      id: _id,
      at: at ?? null,
      reason: asText(error['error.message'] ?? error['error.type'] ?? 'no reason recorded'),
      document: asText(message ?? ''),
    })),
    total: hits.total.value,
  };
}

function asText(value: unknown): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}
