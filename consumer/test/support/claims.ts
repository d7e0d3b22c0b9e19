import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { ClaimCheck } from '../../src/claim-check/claim-check.ts';
import type { ClaimStore } from '../../src/claim-check/claim-store.ts';
import type { DecodeOptions } from '../../src/decode-batch.ts';
import { Health } from '../../src/health.ts';
import type { Decoder } from '../../src/protocols/decoder.ts';
import type { RetryContext } from '../../src/retry.ts';

/** Completes rows from a store as the consumer does; `retrying` says what it waits for, and can end the wait. */
export function claimsOf(store: ClaimStore, decoder: Decoder, retrying: Partial<RetryContext> = {}) {
  return {
    completers: [new ClaimCheck(store, decoder)],
    retrying: {
      health: new Health(60),
      log: recordedLog().log,
      stopping: new AbortController().signal,
      heartbeat: async () => undefined,
      ...retrying,
    },
  } satisfies DecodeOptions['completion'];
}
